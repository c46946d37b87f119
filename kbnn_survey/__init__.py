"""The house; its release, as CHANGELOG.md numbers it, with "+" where what is unreleased came on top."""

VERSION = "1.0.0+"
