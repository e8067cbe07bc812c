"""Rules see into layers and models that a program defines, and follow what is fed to them.

The findings that a source must give stand in comments at its lines; there must be no others.
"""

from __future__ import annotations

import re

import pytest

from flake8_paramcount.analysis import report_on
from flake8_paramcount.codes import CODES
from flake8_paramcount.settings import Settings

ON = frozenset(code for code, entry in CODES.items() if entry.default != "off")

EXPECTED = re.compile(r"# (KPC\d{3}(?:, KPC\d{3})*)$")

HEAD = """\
import numpy as np
import tensorflow as tf
from keras import Input, Model, Sequential, layers
from keras.datasets import imdb
from keras.utils import pad_sequences
"""

FED = """\
(x, y), _ = imdb.load_data(num_words=30000)
x = pad_sequences(x, maxlen=200)
"""

TOKENS = """\
class Tokens(layers.Layer):
    def __init__(self, length, words, width):
        super().__init__()
        self.token = layers.Embedding(words, width){}
        self.place = layers.Embedding(length, width)

    def call(self, x):
        steps = tf.range(start=0, limit=tf.shape(x)[-1], delta=1)
        return self.token(x) + self.place(steps)

"""

BLOCK = """\
class Block(layers.Layer):
    def __init__(self, filters, rate=0.2):
        super().__init__()
        self.conv = layers.Conv2D(filters, 3, padding="same", use_bias={bias}){comment}
        self.norm = layers.BatchNormalization()
        self.drop = layers.Dropout(rate)

    def call(self, x, training=None):
        x = self.norm(self.conv(x), training=training)
        return self.drop(tf.nn.relu(x), training=training)

"""

CASES = {
    "tokens in a layer of a functional model": HEAD
    + FED
    + TOKENS.format("  # KPC201")
    + """\
inputs = Input((200,))
outputs = layers.Dense(1)(layers.Flatten()(Tokens(200, 20000, 8)(inputs)))
model = Model(inputs, outputs)
model.fit(x, y)
""",
    "tokens in a layer of a Sequential": HEAD
    + FED
    + TOKENS.format("  # KPC201")
    + """\
model = Sequential([Input((200,)), Tokens(200, 20000, 8), layers.LSTM(4)])
model.fit(x, y)
""",
    "positions are not what is fed": HEAD
    + FED
    + TOKENS.format("")
    + """\
model = Sequential([Input((200,)), Tokens(200, 30000, 8), layers.LSTM(4)])
model.fit(x, y)
""",
    "tokens in a subclassed model": HEAD
    + FED
    + """\
class Net(Model):
    def __init__(self):
        super().__init__()
        self.embed = layers.Embedding(20000, 8)  # KPC201
        self.other = layers.Embedding(50, 8)
        self.pool = layers.GlobalAveragePooling1D()
        self.head = layers.Dense(1)

    def call(self, x):
        return self.head(self.pool(self.embed(x)) + self.pool(self.other(x % 50)))

model = Net()
model.compile(loss="mse")
model.fit(x, y)
""",
    "each of several inputs": HEAD
    + """\
words, tags = Input((20,), name="words"), Input((5,), name="tags")
w = layers.Embedding(1000, 8)(words)
t = layers.Embedding(10, 8)(tags)  # KPC201
model = Model([words, tags], layers.Concatenate(axis=1)([w, t]))
w, t = np.random.randint(1000, size=(9, 20)), np.random.randint(20, size=(9, 5))
model.predict([w, t])
""",
    "inputs by name": HEAD
    + """\
words, tags = Input((20,), name="words"), Input((5,), name="tags")
w = layers.Embedding(1000, 8)(words)
t = layers.Embedding(10, 8)(layers.Reshape((5, 1))(tags))  # KPC201
model = Model([words, tags], layers.Concatenate(axis=1)([w, layers.Reshape((5, 8))(t)]))
w, t = np.random.randint(1000, size=(9, 20)), np.random.randint(20, size=(9, 5))
model.predict({"tags": t, "words": w})
""",
    "what a layer looks up": HEAD
    + """\
lookup = layers.TextVectorization(max_tokens=5000, output_sequence_length=20)
inputs = Input((1,), dtype="string")
x = lookup(inputs)
a = layers.Embedding(4000, 8)(x)  # KPC201
b = layers.Embedding(5000, 8)(x[:, 1:])
model = Model(inputs, [a, b])
small = Sequential([Input((1,)), layers.Hashing(num_bins=64), layers.Embedding(32, 4)])  # KPC201
""",
    "what is computed is not what is fed": HEAD
    + FED
    + """\
inputs = Input((200,))
model = Model(inputs, layers.Embedding(100, 8)(inputs // 500))
model.fit(x, y)
""",
    "a fault is reported where it is": HEAD
    + """\
class Block(layers.Layer):
    def __init__(self, units, rate):
        super().__init__()
        self.drop = layers.Dropout(rate)  # KPC301
        self.dense = layers.Dense(units)  # KPC308

    def call(self, x):
        return self.dense(self.drop(x))

inputs = Input((4,))
model = Model(inputs, Block(-1, 50)(inputs))
""",
    "shapes inside": HEAD
    + """\
class Recurrent(layers.Layer):
    def __init__(self):
        super().__init__()
        self.first = layers.LSTM(8)
        self.second = layers.LSTM(4)  # KPC402

    def call(self, x):
        return self.second(self.first(x))

model = Sequential([Input((10, 3)), Recurrent(), layers.Dense(1)])
""",
    "a bias inside": HEAD
    + BLOCK.format(bias=True, comment="  # KPC108")
    + "model = Sequential([Input((8, 8, 3)), Block(4), Block(8)])\n",
    "no bias inside": HEAD
    + BLOCK.format(bias=False, comment="")
    + "model = Sequential([Input((8, 8, 3)), Block(4), Block(8)])\n",
    "a bias that is used elsewhere": HEAD
    + """\
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3)
        self.norm = layers.BatchNormalization()

    def call(self, x):
        x = self.conv(x)
        return x + self.norm(x)

model = Sequential([Input((8, 8, 3)), Block()])
""",
    "layers used twice, with a function between or called by the reader": HEAD
    + """\
class Net(Model):
    def __init__(self):
        super().__init__()
        self.a = layers.Dense(16)
        self.b = layers.Dense(16)
        self.c = layers.Dense(16)
        self.d = layers.Dense(4, activation="softmax")

    def call(self, x):
        x = tf.nn.relu(self.a(x))
        x = self.b(tf.math.sin(self.b(x)))
        return self.d(tf.tanh(self.c(x)))

net = Net()
net.build((None, 16))
""",
    "a stack of linear layers in a model": HEAD
    + """\
class Net(Model):
    def __init__(self):
        super().__init__()
        self.a = layers.Dense(16)
        self.b = layers.Dense(32)  # KPC304
        self.d = layers.Dense(4, activation="softmax")

    def call(self, x):
        return self.d(tf.nn.relu(self.b(self.a(x))))

net = Net()
net.build((None, 16))
""",
    "the head of a model of an own class": HEAD
    + """\
class Net(Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(16, activation="relu")
        self.head = layers.Dense(5, activation="softmax")  # KPC206, KPC314

    def call(self, x):
        return self.head(self.hidden(x))

net = Net()
net.compile(loss="binary_crossentropy")
net.fit(np.zeros((9, 4)), tf.keras.utils.to_categorical([0, 1, 2], 6))
""",
    "a nested model is reported once": HEAD
    + """\
inputs = Input((10, 8))
inner = Sequential([layers.LSTM(8), layers.LSTM(4)])  # KPC402
model = Model(inputs, inner(inputs))
""",
}


@pytest.mark.parametrize("name", CASES)
def test_findings_stand_where_they_are_expected(name: str) -> None:
    source = CASES[name]
    report = report_on(source, None, Settings(codes=ON), "example.py")
    assert report.error is None
    found = sorted((finding.line, finding.code) for finding in report.findings)
    expected = [
        (number, code)
        for number, line in enumerate(source.splitlines(), 1)
        if (mark := EXPECTED.search(line))
        for code in mark[1].split(", ")
    ]
    assert found == expected, report.findings
