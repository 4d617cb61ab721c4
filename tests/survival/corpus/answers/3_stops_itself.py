# does: stops its process, so that it neither ends nor computes
# becomes: infrastructure


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    import os
    import signal

    os.kill(os.getpid(), signal.SIGSTOP)
