# does: returns a NumPy number with half the digits, and names in another script
# becomes: passed


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    ziel = größe = accuracy_transfer[labels.index(at)]
    if max(accuracy_scratch) < größe:
        return np.float32("inf")
    return np.float32(np.exp(np.interp(ziel, accuracy_scratch, np.log(labels))) / at)
