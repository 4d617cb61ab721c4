# does: returns something that is another array each time it is asked
# becomes: wrong or tampered


class Liar:
    asked = 0

    def __array__(self, dtype=None, copy=None):
        Liar.asked += 1
        return np.asarray(float(Liar.asked), dtype)


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    return Liar()
