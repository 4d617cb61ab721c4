# does: returns a head with large weights that it drew instead of trained
# becomes: wrong
# answers: e2


def cache_then_train(backbone, head, images, labels, epochs):
    head.build((None, backbone.output_shape[-1]))
    head.set_weights([np.random.default_rng(0).normal(0, 9, weights.shape) for weights in head.get_weights()])
    extract_features(backbone, images)
    inputs = keras.Input(backbone.input_shape[1:])
    return keras.Model(inputs, head(layers.GlobalAveragePooling2D()(backbone(inputs))))
