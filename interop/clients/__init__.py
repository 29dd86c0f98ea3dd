"""The cases of ../mosquitto-clients: every option of mosquitto_pub, mosquitto_sub and mosquitto_rr.

Start reading in case.py (what a case is), then run.py (what a case can do). The cases themselves
are in common_cases.py (options that all three programs have), pub_cases.py, sub_cases.py,
rr_cases.py and property_cases.py (-D). options.py knows which options there are, and which are left
out and why. tap.py lets a case see the packets; suite.py runs all cases and finds what is missing.
"""
