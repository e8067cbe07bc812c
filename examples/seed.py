"""How Keras counts: the layers that people count by hand, each as a model of its own."""

import numpy as np
from keras import Input, Sequential
from keras.layers import GRU, LSTM, Conv1D, Embedding, SimpleRNN

words = np.random.randint(10_000, size=(32, 10))

embedding = Sequential()
embedding.add(Input(shape=(10,)))
embedding.add(Embedding(10_000, 64))
vectors = embedding.predict(words)

on_that_batch = Sequential([Input(batch_shape=words.shape), Embedding(10_000, 64)])

recurrent = Sequential()
recurrent.add(Embedding(1_000, 64))
recurrent.add(SimpleRNN(32))  # 64*32+32*32+32=3104

without_bias = Sequential([Input(shape=(None, 64)), SimpleRNN(32, use_bias=False)])

gated = Sequential([Input(shape=(None, 64)), GRU(32)])
gated_before = Sequential([Input(shape=(None, 64)), GRU(32, reset_after=False)])
gated_without_bias = Sequential([Input(shape=(None, 64)), GRU(32, use_bias=False)])

memory = Sequential()
memory.add(LSTM(256, input_shape=(16, 4096)))

convolution = Sequential([Input(shape=(500, 128)), Conv1D(32, 7)])
