# does: sleeps for ever
# becomes: infrastructure


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    import time

    while True:
        time.sleep(1e6)
