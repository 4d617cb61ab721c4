# does: freezes in another right way: a model of its own class, with a hidden layer
# becomes: passed
# answers: e1


class Frozen(keras.Model):
    def __init__(self, backbone, num_classes):
        super().__init__()
        backbone.trainable = False
        self.backbone, self.pool = backbone, layers.GlobalMaxPooling2D()
        self.hidden, self.top = layers.Dense(16, activation="relu"), layers.Dense(num_classes)

    def call(self, pictures, training=False):
        return keras.ops.softmax(self.top(self.hidden(self.pool(self.backbone(pictures, training=False)))))


def build_frozen(backbone, num_classes):
    model = Frozen(backbone, num_classes)
    model.compile(keras.optimizers.SGD(0.01), keras.losses.SparseCategoricalCrossentropy())
    return model
