"""Published evidence: the folder of seals and lists, and the script that counts them again."""
