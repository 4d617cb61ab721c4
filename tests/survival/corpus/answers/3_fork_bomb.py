# does: forks without end
# becomes: raised or timed out or crashed


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    import os

    while True:
        os.fork()
