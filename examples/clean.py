"""Handwritten digits: a small convolutional model, built by functions, without findings."""

import keras
from keras import layers

IMAGE = (28, 28, 1)
CLASSES = 10


def block(model, filters, kernel_size=3):
    model.add(layers.Conv2D(filters, kernel_size, padding="same", use_bias=False))
    model.add(layers.BatchNormalization())
    model.add(layers.Activation("relu"))
    model.add(layers.MaxPooling2D())


def build(widths=(32, 64, 128), rate=0.25):
    model = keras.Sequential([keras.Input(shape=IMAGE)])
    for filters in widths:
        block(model, filters)
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dropout(rate))
    model.add(layers.Dense(CLASSES, activation="softmax"))
    return model


if __name__ == "__main__":
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    digits = build()
    digits.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    digits.fit(x_train[..., None] / 255.0, y_train, epochs=2)
