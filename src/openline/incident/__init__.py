"""One trouble from opening to closing: findings become alarms with states every screen shares, alarms gather into an incident.

Takes: findings in order, and what people did to an alarm.
Gives: alarms in ISA-18.2 states, incidents, the numbers of alarm health.
Never: acknowledges by itself, forgets an alarm nobody acknowledged, or re-alarms for what was already seen.
"""
