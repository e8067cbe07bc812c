"""Sentiment of film reviews: a model with three faults that no test would have shown in time."""

import keras
from keras import layers
from keras.datasets import imdb

NUM_WORDS = 20_000
REVIEW_LENGTH = 200

(x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=NUM_WORDS)
x_train = keras.utils.pad_sequences(x_train, maxlen=REVIEW_LENGTH)
x_test = keras.utils.pad_sequences(x_test, maxlen=REVIEW_LENGTH)

# It has to fit beside the others on the device.
# paramcount: budget=1M
model = keras.Sequential()
model.add(keras.Input(shape=(REVIEW_LENGTH,)))
model.add(layers.Embedding(10_000, 128))
model.add(layers.Bidirectional(layers.LSTM(64)))  # params: 49,408
model.add(layers.Dropout(0.5))
model.add(layers.Dense(1, activation="sigmoid"))

model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=3, batch_size=64)
