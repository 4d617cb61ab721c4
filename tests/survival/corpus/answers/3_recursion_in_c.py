# does: nests a list deeper than C's stack and shows it
# becomes: raised or crashed


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    import sys

    sys.setrecursionlimit(10**9)
    nested = []
    for _ in range(10**6):
        nested = [nested]
    return repr(nested)
