# does: never returns
# becomes: timed out


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    while True:
        pass
