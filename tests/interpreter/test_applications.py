"""Programs that build on `keras.applications`: counts, frozen layers, what is not known."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.keras.applications import CONSTRUCTORS
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import Summary, summarize

RECORDED = Path(__file__).parents[1] / "keras" / "applications_totals.json"
TOTALS: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))["totals"]


def summaries(source: str, **settings: Any) -> list[Summary]:
    chosen = Settings(**settings)
    return [summarize(model, chosen) for model in analyze(source, None, chosen, "m.py").models]


def last(source: str, **settings: Any) -> Summary:
    return summaries(source, **settings)[-1]


def outcome(summary: Summary) -> list[Any] | None:
    """Trainable, non-trainable and output shape, or None where Keras raises."""
    [variant] = summary.model.variants
    if any(layer.fault is not None for layer in variant.layers):
        return None
    assert isinstance(variant.output_shape, Shape)
    return [summary.trainable, summary.non_trainable, list(variant.output_shape.dims)]


def test_all_constructors_are_recorded() -> None:
    assert set(TOTALS) == set(CONSTRUCTORS)


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_totals_are_those_of_keras(name: str) -> None:
    for arguments, wanted in TOTALS[name].items():
        words = "" if arguments == "default" else f"{arguments}, "
        source = f"import keras\nm = keras.applications.{name}({words}weights=None)\n"
        [summary] = summaries(source)
        assert summary.model.kind == "application"
        assert outcome(summary) == wanted, arguments


def test_a_total_without_arguments_is_that_of_imagenet() -> None:
    assert last("import keras\nm = keras.applications.VGG16()\n").total == 138_357_544


@pytest.mark.parametrize(
    "program",
    [
        "from keras.applications import VGG16\nm = VGG16()",
        "from keras.applications.vgg16 import VGG16\nm = VGG16()",
        "from keras.applications import vgg16\nm = vgg16.VGG16()",
        "from keras.applications import *\nm = VGG16()",
        "from keras.applications.vgg16 import *\nm = VGG16()",
        "import keras.applications as apps\nm = apps.vgg16.VGG16()",
        "import tensorflow as tf\nm = tf.keras.applications.VGG16()",
        "from tensorflow.keras.applications.vgg16 import VGG16\nm = VGG16()",
        "from tensorflow.python.keras.applications.vgg16 import VGG16\nm = VGG16()",
        "from tf_keras.applications import VGG16\nm = VGG16()",
        "import keras, keras_applications\n"
        "m = keras_applications.vgg16.VGG16(backend=keras.backend, layers=keras.layers)",
    ],
)
def test_every_spelling_of_the_import(program: str) -> None:
    # The word `keras` alone lets a file through the gate.
    assert last(program + "\n").total == 138_357_544


BASE = """
import keras
from keras import Model, Sequential, layers
from keras.applications import VGG16
base = VGG16(include_top=False, input_shape=(224, 224, 3))
"""


def test_a_frozen_base_in_a_sequential() -> None:
    model = last(
        BASE
        + "base.trainable = False\n"
        + "m = Sequential([base, layers.Flatten(), layers.Dense(256), layers.Dense(1)])\n"
    )
    assert (model.total, model.trainable) == (21_137_729, 6_423_041)


def test_all_but_the_last_layers_are_frozen() -> None:
    model = last(
        BASE
        + "for layer in base.layers[:-4]:\n    layer.trainable = False\n"
        + "x = layers.Dense(10)(layers.GlobalAveragePooling2D()(base.output))\n"
        + "m = Model(base.input, x)\n"
    )
    # The last four layers are the three convolutions of block 5 and its pooling.
    assert (model.total, model.trainable) == (14_719_818, 3 * 2_359_808 + 5_130)


def test_layers_thaw_from_a_name_on() -> None:
    model = last(
        BASE
        + "trainable = False\n"
        + "for layer in base.layers:\n"
        + "    if layer.name == 'block5_conv1':\n        trainable = True\n"
        + "    layer.trainable = trainable\n"
    )
    assert model.trainable == 3 * 2_359_808


@pytest.mark.parametrize(
    "tensor",
    [
        "base.layers[-1].output",
        "base.get_layer('block5_pool').output",
        "base.output",
        "base.outputs[0]",
        "base.get_layer(index=-1).output",
    ],
)
def test_the_output_is_reached_in_every_way(tensor: str) -> None:
    model = last(BASE + f"m = Model(base.inputs, layers.Flatten()({tensor}))\n")
    assert model.total == 14_714_688
    assert model.model.variants[0].output_shape == Shape((None, 25_088))


def test_a_part_of_the_base() -> None:
    model = last(BASE + "m = Model(base.input, base.get_layer('block3_conv3').output)\n")
    assert model.total == 1_735_488


def test_a_base_of_any_size_takes_the_size_of_its_input() -> None:
    model = last(
        "import keras\n"
        "base = keras.applications.ConvNeXtTiny(include_top=False)\n"
        "inputs = keras.Input((224, 224, 3))\n"
        "x = keras.applications.convnext.preprocess_input(inputs)\n"
        "x = keras.layers.Flatten()(base(x, training=False))\n"
        "m = keras.Model(inputs, keras.layers.Dense(3)(x))\n"
    )
    assert model.total == 27_820_128 + 3 * 7 * 7 * 768 + 3


def test_a_base_refuses_another_image() -> None:
    model = last(BASE + "m = Sequential([layers.Input((64, 64, 3)), base])\n")
    [variant] = model.model.variants
    assert model.total is None
    assert any(layer.fault is not None for layer in variant.layers)


def test_what_comes_before_the_input_tensor_is_part_of_the_model() -> None:
    model = last(
        "import keras\n"
        "inputs = keras.Input((64, 64, 1))\n"
        "x = keras.layers.Conv2D(3, 1)(inputs)\n"
        "m = keras.applications.VGG16(include_top=False, input_tensor=x, weights=None)\n"
    )
    assert model.total == 14_714_688 + 6
    assert model.model.variants[0].input_shape == Shape((None, 64, 64, 1))


def test_the_classes_may_be_symbolic() -> None:
    model = last(
        "import keras\n"
        "def build(n):\n"
        "    return keras.applications.ResNet50(weights=None, classes=n)\n"
    )
    assert (model.status, model.expression) == ("symbolic", "2,049·n + 23,587,712")


def test_imagenet_has_three_channels_whatever_the_image() -> None:
    model = last(
        "import keras\n"
        "def build(shape):\n"
        "    return keras.applications.InceptionV3(include_top=False, input_shape=shape)\n"
    )
    assert model.total == 21_802_784


def test_an_undecided_top_is_a_range() -> None:
    model = last(
        "import keras\ndef build(top):\n    return keras.applications.VGG16(include_top=top)\n"
    )
    assert (model.minimum, model.maximum) == (14_714_688, 138_357_544)


def test_undecided_pooling_and_weights_leave_the_count_exact() -> None:
    model = last(
        "import keras\n"
        "def build(pooling, weights):\n"
        "    return keras.applications.EfficientNetB0(\n"
        "        include_top=False, pooling=pooling, weights=weights)\n"
    )
    assert model.total == 4_049_571


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("MobileNet(alpha=a)", "`a` is not defined"),
        ("EfficientNetV2B0(name='mine')", "name of the model"),
        ("VGG16(**options)", "unpacked from something unknown"),
        ("NASNetLarge(include_top=False, input_shape=shape)", "`shape` is not defined"),
        ("VGG16(input_tensor=[1, 2])", "no symbolic tensor"),
    ],
)
def test_what_is_not_known_says_why(call: str, reason: str) -> None:
    model = last(f"import keras\nm = keras.applications.{call}\n")
    assert (model.status, model.total) == ("unknown", None)
    assert reason in " ".join(each.text for each in model.reasons)


def test_channels_first_is_not_followed() -> None:
    model = last(
        "import keras\n"
        "keras.backend.set_image_data_format('channels_first')\n"
        "m = keras.applications.ResNet50(weights=None)\n"
    )
    assert model.status == "unknown"


@pytest.mark.parametrize(
    "call",
    [
        "VGG16(classes=10)",
        "VGG16(input_shape=(64, 64, 3))",
        "VGG16(include_top=False, input_shape=(64, 64, 1))",
        "VGG16(weights=None, include_top=False, input_shape=(16, 16, 3))",
        "VGG16(classifier_activation='relu')",
        "VGG16(include_tops=True)",
        "MobileNet(alpha=0.6)",
        "MobileNet(depth_multiplier=2)",
        "MobileNetV3Small(minimalistic=True, alpha=0.75)",
        "VGG16(input_tensor=keras.Input((64, 64, 1)), include_top=False)",
        "VGG16(True, None, None, None, None, 10, None, 'a', 'b')",
    ],
)
def test_a_call_that_keras_refuses_is_a_fault(call: str) -> None:
    model = last(f"import keras\nm = keras.applications.{call}\n")
    [variant] = model.model.variants
    [fault] = [layer.fault for layer in variant.layers if layer.fault is not None]
    assert fault.kind == "argument"


def test_two_models_share_nothing() -> None:
    model = last(
        "import keras\n"
        "inputs = keras.Input((64, 64, 3))\n"
        "left = keras.applications.VGG16(include_top=False, weights=None, name='left')\n"
        "right = keras.applications.VGG16(include_top=False, weights=None, name='right')\n"
        "x = keras.layers.add([left(inputs), right(inputs)])\n"
        "m = keras.Model(inputs, x)\n"
    )
    assert model.total == 2 * 14_714_688


def test_the_page_of_totals_is_up_to_date() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, root / "docs" / "applications.py", "--check"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "tensor",
    ["base.layers[0].input", "base.layers[0].output", "base.get_layer('block1_conv1').input"],
)
def test_the_input_is_reached_through_a_layer(tensor: str) -> None:
    model = last(BASE + f"m = Model({tensor}, base.layers[-2].output)\n")
    assert model.total == 14_714_688


# --- what only tf.keras 2 has ---------------------------------------------------------------------

OLDER = "import tensorflow as tf\napps = tf.keras.applications\n"


def names(summary: Summary) -> list[str]:
    [variant] = summary.model.variants
    return [layer.name for layer in variant.layers]


def test_constructors_of_keras_2_only_make_a_file_one_of_keras_2() -> None:
    model = last(OLDER + "m = apps.RegNetX002(weights=None)\n")
    assert (model.total, model.model.generation) == (2_705_640, 2)
    model = last(
        "from tensorflow.keras.applications.resnet_rs import ResNetRS50\nm = ResNetRS50()\n"
    )
    assert (model.total, model.model.generation) == (35_745_288, 2)


def test_keras_3_has_no_such_constructor() -> None:
    model = last(OLDER + "m = apps.RegNetX002()\n", keras=3)
    assert (model.status, model.total) == ("unknown", None)
    assert "only tf.keras 2 has `RegNetX002`" in " ".join(each.text for each in model.reasons)


def test_numbers_in_names_count_the_models_of_a_kind() -> None:
    source = OLDER + "apps.RegNetX002(include_top=False)\n" + "m = apps.RegNetX002()\n" * 2
    one, other = summaries(source)[-2:]
    assert names(one)[-2:] == ["1_head_gap", "1head_dense"]
    assert names(other)[-2:] == ["2_head_gap", "2head_dense"]


def test_operations_are_layers_in_keras_2() -> None:
    model = last(
        OLDER
        + "base = apps.RegNetY002(include_top=False, input_shape=(64, 64, 3), model_name='base')\n"
        + "for layer in base.layers[:-6]:\n    layer.trainable = False\n"
    )
    assert names(model)[-2:] == ["tf.__operators__.add_12", "base_Stage_3_YBlock_6_exit_relu"]
    # A convolution and its statistics lie between the product and the sum.
    assert model.trainable == 368 * 368 + 2 * 368 + 92 * 368 + 368


def test_pretrained_weights_of_resnet_rs_go_with_any_image() -> None:
    model = last(OLDER + "m = apps.ResNetRS50(input_shape=[160, 160, 3])\n")
    assert model.model.variants[0].input_shape == Shape((None, 160, 160, 3))
    assert model.total == 35_745_288


OLD_STYLE = """
import keras
from keras_applications import get_submodules_from_kwargs
from keras_applications.imagenet_utils import _obtain_input_shape

backend = layers = models = keras_utils = None

def Net(include_top=True, weights=None, input_tensor=None, input_shape=None, classes=10, **kwargs):
    global backend, layers, models, keras_utils
    backend, layers, models, keras_utils = get_submodules_from_kwargs(kwargs)
    shape = _obtain_input_shape(
        input_shape, default_size=32, min_size=8, data_format=backend.image_data_format(),
        require_flatten=include_top, weights=weights)
    if input_tensor is None:
        image = layers.Input(shape=shape)
    elif not backend.is_keras_tensor(input_tensor):
        image = layers.Input(tensor=input_tensor, shape=shape)
    else:
        image = input_tensor
    x = layers.Conv2D(4, 3, padding="same")(image)
    if include_top:
        x = layers.Dense(classes)(layers.Flatten()(x))
    if input_tensor is not None:
        inputs = keras_utils.get_source_inputs(input_tensor)
    else:
        inputs = image
    return models.Model(inputs, x)
"""


@pytest.mark.parametrize(
    ("call", "total"),
    [
        ("Net()", 112 + 32 * 32 * 4 * 10 + 10),
        ("Net(backend=keras.backend, layers=keras.layers)", 112 + 32 * 32 * 4 * 10 + 10),
        ("Net(input_shape=(8, 9, 1), classes=2)", 40 + 8 * 9 * 4 * 2 + 2),
        ("Net(include_top=False, input_tensor=keras.Input((8, 8, 2)))", 76),
    ],
)
def test_a_model_in_the_style_of_the_package_of_its_own(call: str, total: int) -> None:
    assert last(f"{OLD_STYLE}\nm = {call}\n").total == total


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        ("(None, 48, 16, 'channels_last', include_top=True)", (48, 48, 3)),
        ("((48, 48, 3), 48, 16, dim_ordering='tf', include_top=True)", (48, 48, 3)),
        ("(None, 48, 16, dim_ordering='th', include_top=False)", (3, None, None)),
        ("((3, 20, 30), 48, 16, dim_ordering='th', include_top=False)", (3, 20, 30)),
    ],
)
def test_the_image_of_older_models(call: str, shape: tuple[int | None, ...]) -> None:
    source = (
        "from keras.applications.imagenet_utils import _obtain_input_shape\n"
        "from keras.layers import Flatten, Input\n"
        "from keras.models import Model\n"
        f"image = Input(shape=_obtain_input_shape{call})\nm = Model(image, image)\n"
    )
    assert last(source).model.variants[0].input_shape == Shape((None, *shape))
