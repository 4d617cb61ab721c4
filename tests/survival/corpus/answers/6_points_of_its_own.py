# does: raises the check's own exception with points in it
# becomes: tampered


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    from course_utils.learn.calling import Unusable

    raise Unusable("a message of its own", points=100)
