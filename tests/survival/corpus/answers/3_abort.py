# does: aborts
# becomes: crashed


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    import os

    os.abort()
