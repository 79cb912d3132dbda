"""Passes: functions Plan → Plan, each named by a verb."""
