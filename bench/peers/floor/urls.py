from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from peers.floor.models import Answer
from peers.production import CHOICES

LEVELS = [("1", CHOICES[0]), ("0", CHOICES[1])]


class AnswerForm(forms.Form):
    attitude = forms.TypedChoiceField(choices=LEVELS, coerce=int)
    time = forms.TypedChoiceField(choices=LEVELS, coerce=int)


def answer(request):
    if request.method != "POST":
        return render(request, "floor/form.html")
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return render(request, "floor/form.html", status=422)
    Answer.objects.create(**form.cleaned_data)
    return HttpResponse("stored")


urlpatterns = [path("", answer)]
