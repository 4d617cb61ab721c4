# does: reads from address 0
# becomes: crashed


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    import ctypes

    return ctypes.string_at(0)
