# does: leaves by sys.exit when it is called
# becomes: raised


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    import sys

    sys.exit()
