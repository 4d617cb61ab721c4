# does: kills its own process group
# becomes: crashed


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    import os

    os.kill(0, 9)
