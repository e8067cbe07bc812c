"""Methods that change the weights of a layer that is there already: LoRA and quantization."""

from __future__ import annotations

from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.methods import model_layers
from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.natives import method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, Value
from flake8_paramcount.unknown import Unknown


@method(LayerObject, "enable_lora", "quantize")
def adapt(run: Run, layer: LayerObject, arguments: Arguments) -> Value:
    """What the weights are afterwards depends on the layer and the mode: they are not known."""
    why = Unknown("its weights are changed by `enable_lora` or `quantize`", None, arguments.site)
    run.journal.write(layer)["adapted"] = why


@method(ModelObject, "quantize")
def adapt_model(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`model.quantize(mode)` does so to every layer that has a kernel."""
    for layer in iterate(run, model_layers(run, model)):
        if isinstance(layer, ModelObject):
            adapt_model(run, layer, arguments)
        elif isinstance(layer, LayerObject):
            adapt(run, layer, arguments)
