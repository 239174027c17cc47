"""Outages that people report: they could not receive, send or answer, and those who keep the service tell them what came of it.

It stands right above the directory and knows of no group or message: nothing of a report depends on where somebody writes.
"""
