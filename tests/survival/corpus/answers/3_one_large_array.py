# does: asks for 100 GB at once
# becomes: raised or out of memory


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    return bytearray(10**11)
