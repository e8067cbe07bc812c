"""What a program does with its models, from source text to findings."""

from __future__ import annotations

from textwrap import dedent

import pytest

from flake8_paramcount.analysis import report_on
from flake8_paramcount.settings import Settings

HEAD = """
import numpy as np
from keras import Input, Model, Sequential, initializers, layers, losses, optimizers

x, y = np.load("x.npy"), np.load("y.npy")
small = Sequential([Input((8,)), layers.Dense(4, activation="relu"), layers.Dense(1)])
"""


def codes(program: str, *wanted: str) -> list[str]:
    settings = Settings(codes=frozenset(wanted))
    report = report_on(HEAD + dedent(program), None, settings, "program.py")
    assert report.error is None
    return [finding.code for finding in report.findings]


GAN = """
    judge = Sequential([Input((8,)), layers.Dense(1, activation="sigmoid")])
    judge.compile("adam", "binary_crossentropy")
    maker = Sequential([Input((4,)), layers.Dense(8, activation="tanh")])
    judge.trainable = False
    noise = Input((4,))
    both = Model(noise, judge(maker(noise)))
    both.compile("adam", "binary_crossentropy")
    judge.train_on_batch(x, y)
"""


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(GAN, id="GAN"),
        pytest.param(
            """
            small.compile("sgd", "mse")
            train(small)
            small.layers[0].trainable = False
            small.fit(x, y)
            """,
            id="handed to something unknown",
        ),
        pytest.param(
            """
            small.compile("sgd", "mse")
            small.layers[0].trainable = True
            small.fit(x, y)
            """,
            id="nothing changes",
        ),
        pytest.param(
            """
            small.compile("sgd", "mse")
            small.fit(x, y)
            small.layers[0].trainable = False
            small.layers[0].trainable = True
            small.fit(x, y)
            """,
            id="taken back",
        ),
        pytest.param(
            """
            small.compile("sgd", "mse")
            if input():
                small.layers[0].trainable = False
                small.compile("sgd", "mse")
            small.fit(x, y)
            """,
            id="in a branch",
        ),
        pytest.param(
            """
            small.compile("sgd", "mse")
            other = Sequential([Input((8,)), layers.Dense(1)])
            other.layers[0].trainable = False
            small.fit(x, y)
            """,
            id="another model",
        ),
    ],
)
def test_trainable_is_seen(program: str) -> None:
    assert codes(program, "KPC316", "KPC317") == []


@pytest.mark.parametrize("change", ["small.trainable = False", "small.layers[0].trainable = False"])
def test_trainable_is_not_seen(change: str) -> None:
    program = f"""
    small.compile("sgd", "mse")
    small.fit(x, y)
    {change}
    small.fit(x, y)
    """

    assert codes(program, "KPC316") == ["KPC316"]


def test_a_part_of_a_part_is_frozen() -> None:
    program = """
    outer = Sequential([Input((8,)), small, layers.Dense(1)])
    outer.compile("sgd", "mse")
    outer.fit(x, y)
    small.trainable = False
    outer.fit(x, y)
    """

    assert codes(program, "KPC316") == ["KPC316"]


@pytest.mark.parametrize(
    "loss",
    [
        "losses.BinaryCrossentropy(from_logits=True)",
        "losses.BinaryCrossentropy(x.any())",
        "lambda a, b: 0",
        "['binary_crossentropy', 'mse']",
        "{'out': 'binary_crossentropy'}",
        "'mse' if input() else 'binary_crossentropy'",
        "losses.get(input())",
        "losses.BinaryFocalCrossentropy(True, from_logits=True)",
    ],
)
def test_loss_is_right_or_not_known(loss: str) -> None:
    assert codes(f"small.compile('sgd', {loss})", "KPC313") == []


@pytest.mark.parametrize(
    "loss",
    [
        "'binary_crossentropy'",
        "'bce'",
        "['binary_crossentropy']",
        "losses.BinaryCrossentropy()",
        "losses.BinaryCrossentropy(False)",
        "losses.binary_crossentropy",
        "losses.BinaryFocalCrossentropy(True)",
    ],
)
def test_loss_takes_probabilities(loss: str) -> None:
    assert codes(f"small.compile('sgd', {loss})", "KPC313") == ["KPC313"]


def test_loss_in_a_training_loop() -> None:
    program = """
    small.compile("sgd", "binary_crossentropy")
    for step in range(int(input())):
        small.train_on_batch(x, y)
    """

    assert codes(program, "KPC313") == ["KPC313"]


def test_output_that_is_an_operation() -> None:
    program = """
    import tensorflow as tf
    given = Input((8,))
    model = Model(given, tf.nn.sigmoid(layers.Dense(1)(given)))
    model.compile("sgd", "binary_crossentropy")
    """

    assert codes(program, "KPC313") == []


def test_operation_between_two_layers() -> None:
    program = """
    import tensorflow as tf
    given = Input((8,))
    hidden = tf.nn.relu(layers.Dense(8)(given))
    model = Model(given, layers.Dense(1)(layers.BatchNormalization()(hidden)))
    other = Model(given, layers.Dense(1)(tf.nn.relu(layers.Dense(8)(given))))
    """

    assert codes(program, "KPC108", "KPC304") == []


@pytest.mark.parametrize(
    "optimizer",
    ["optimizers.Adam(0.5)", "optimizers.Adam(learning_rate=0.5)", "optimizers.Adam(lr=.5)"],
)
def test_learning_rate(optimizer: str) -> None:
    assert codes(f"small.compile({optimizer}, 'mse')", "KPC913") == ["KPC913"]


def test_learning_rate_by_a_schedule() -> None:
    program = "small.compile(optimizers.Adam(optimizers.schedules.ExponentialDecay(1, 2, 3)))"

    assert codes(program, "KPC913") == []


OPEN = "model = Sequential([layers.Dense(4, activation='relu'), layers.Dense(1)])\n"


@pytest.mark.parametrize(
    "then",
    [
        "model.build((None, 8))",
        "model.fit(x, y)",
        "model(x)",
        "model(np.ones((1, 8)))",
        "model.predict(np.ones((1, 8)))",
        "prepare(model)",
        "outer = Sequential([Input((8,)), model])",
        "model.add(small)",
        "model = Sequential([layers.Normalization(), layers.Dense(1)])",
        "class Net: pass\nnet = Net()\nnet.part = Sequential([layers.Dense(1)])\nmodel = net.part",
    ],
)
def test_model_may_be_built(then: str) -> None:
    assert codes(f"{OPEN}{then}\nmodel.summary()", "KPC318") == []


@pytest.mark.parametrize("ask", ["summary", "count_params", "get_weights"])
def test_model_is_not_built(ask: str) -> None:
    program = f"{OPEN}model.compile('sgd', 'mse')\nmodel.{ask}()\nmodel.fit(np.ones((4, 8)), y)"

    assert codes(program, "KPC318") == ["KPC318"]


@pytest.mark.parametrize(
    ("initializer", "expected"),
    [
        ("initializers.Zeros()", ["KPC305"]),
        ("initializers.Constant(0.1)", ["KPC305"]),
        ("initializers.Constant(x)", []),
        ("initializers.RandomNormal()", []),
    ],
)
def test_initializer_objects(initializer: str, expected: list[str]) -> None:
    program = f"""
    model = Sequential([
        Input((8,)),
        layers.Dense(4, activation="relu", kernel_initializer={initializer}),
        layers.Dense(1),
    ])
    """

    assert codes(program, "KPC305") == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", ["KPC207"]),
        ("label_mode='int'", ["KPC207"]),
        ("label_mode='categorical'", []),
        ("label_mode='categorical', class_names=['a', 'b']", ["KPC206"]),
        ("label_mode=input()", []),
        ("labels=[0, 1], label_mode=None", []),
    ],
)
def test_images_of_a_directory(options: str, expected: list[str]) -> None:
    program = f"""
    from keras.utils import image_dataset_from_directory
    images = image_dataset_from_directory("images", {options})
    model = Sequential(
        [Input((256, 256, 3)), layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    model.compile("sgd", "categorical_crossentropy")
    model.fit(images)
    """

    assert codes(program, "KPC206", "KPC207", "KPC208") == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", []),
        ("class_mode='sparse'", ["KPC207"]),
        ("classes=['cat', 'dog']", ["KPC206"]),
        ("target_size=(150, 150)", ["KPC208"]),
    ],
)
def test_flow_from_a_directory(options: str, expected: list[str]) -> None:
    program = f"""
    from keras.preprocessing.image import ImageDataGenerator
    images = ImageDataGenerator().flow_from_directory("images", {options})
    model = Sequential(
        [Input((256, 256, 3)), layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    model.compile("sgd", "categorical_crossentropy")
    model.fit_generator(images, 10)
    """

    assert codes(program, "KPC206", "KPC207", "KPC208") == expected


def test_sharing_by_name_and_by_multiplication() -> None:
    program = """
    block = layers.Dense(8, activation="relu")
    named = Sequential([Input((8,)), block, block, block])
    multiplied = Sequential([Input((8,))] + [layers.Dense(8, activation="relu")] * 3)
    """

    assert codes(program, "KPC319") == ["KPC319"]


def test_layer_of_another_package() -> None:
    program = """
    from keras_contrib.layers import CRF
    model = Sequential([Input((8, 4)), layers.Dense(4), CRF(9)])
    """

    assert codes(program, "KPC006") == ["KPC006"]
    assert codes("", "KPC006") == []


def test_state_without_a_known_input() -> None:
    program = """
    given = Input((8,))
    output = layers.SimpleRNN(8)(x, initial_state=given)
    model = Model(given, layers.Dense(1)(output))
    """

    assert codes(program, "KPC308", "KPC401") == []


def test_a_pattern_that_is_not_followed_may_match_or_not() -> None:
    program = """
    def units(value):
        match value:
            case int(number):
                return number
            case {"units": number}:
                return number
            case _:
                return 4

    model = Sequential([Input((8,)), layers.Dense(units(3))])
    """

    assert codes(program, "KPC308") == []
