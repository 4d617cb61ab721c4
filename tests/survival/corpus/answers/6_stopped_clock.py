# does: stops the clocks and the timers before it loops
# becomes: timed out


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    import signal
    import time

    time.process_time = time.monotonic = time.perf_counter = lambda: 0.0
    for timer in (signal.ITIMER_REAL, signal.ITIMER_PROF):
        signal.setitimer(timer, 0)
    for number in (signal.SIGALRM, signal.SIGPROF, signal.SIGXCPU, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass
