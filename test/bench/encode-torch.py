"""Times BiomedCLIP's two towers in plain torch: what the bench compares the graphs with.

    python encode-torch.py WEIGHTS.safetensors THREADS

For each line {"batch", and for texts "length", "read"} on stdin it runs that batch once and answers {"ms", "cpuMs"} on stdout,
so that the bench can take turns with it; with "only": "products" just the image tower's matrix products, which is what the
processor needs for float32 whatever is around them. The first line out names torch's version. Written after timm's
VisionTransformer and transformers' BertModel (attention without a fused kernel where torch has none).
"""

import json
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

HEADS = 12


def load(path):
    """The tensors of a float32 safetensors file."""
    data = np.memmap(path, np.uint8, "r")
    size = struct.unpack("<Q", data[:8].tobytes())[0]
    header = json.loads(data[8 : 8 + size].tobytes())
    weights = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        weights[name] = torch.from_numpy(data[begin:end].view(np.float32).reshape(entry["shape"]).copy())
    return weights


def attention(q, k, v, bias=None):
    """q, k, v: [n, heads, t, d]; bias is added to the scores."""
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)
    return (scores if bias is None else scores + bias).softmax(-1) @ v


def image_features(w, pixels):
    """[n, 3, 224, 224] to [n, 512], not normalised."""
    p = "visual.trunk."
    x = F.conv2d(pixels, w[p + "patch_embed.proj.weight"], w[p + "patch_embed.proj.bias"], stride=16)
    x = x.flatten(2).transpose(1, 2)
    x = torch.cat([w[p + "cls_token"].expand(len(x), -1, -1), x], 1) + w[p + "pos_embed"]
    n, t, c = x.shape
    for i in range(12):
        b = f"{p}blocks.{i}."
        y = F.layer_norm(x, (c,), w[b + "norm1.weight"], w[b + "norm1.bias"], 1e-6)
        qkv = F.linear(y, w[b + "attn.qkv.weight"], w[b + "attn.qkv.bias"])
        q, k, v = qkv.reshape(n, t, 3, HEADS, c // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        y = attention(q, k, v).transpose(1, 2).reshape(n, t, c)
        x = x + F.linear(y, w[b + "attn.proj.weight"], w[b + "attn.proj.bias"])
        y = F.layer_norm(x, (c,), w[b + "norm2.weight"], w[b + "norm2.bias"], 1e-6)
        y = F.gelu(F.linear(y, w[b + "mlp.fc1.weight"], w[b + "mlp.fc1.bias"]))
        x = x + F.linear(y, w[b + "mlp.fc2.weight"], w[b + "mlp.fc2.bias"])
    x = F.layer_norm(x, (c,), w[p + "norm.weight"], w[p + "norm.bias"], 1e-6)[:, 0]
    return F.linear(x, w["visual.head.proj.weight"])


def image_products(w, rows):
    """The products of the image tower's linear layers, of any values: [n·t, 768] through all blocks."""
    hidden = torch.randn(len(rows), 3072)
    for i in range(12):
        b = f"visual.trunk.blocks.{i}."
        F.linear(rows, w[b + "attn.qkv.weight"])
        F.linear(rows, w[b + "attn.proj.weight"])
        F.linear(rows, w[b + "mlp.fc1.weight"])
        F.linear(hidden, w[b + "mlp.fc2.weight"])


def text_state(w, ids, mask):
    """[n, t] ids and mask (1 = read) to the last state of the first token, [n, 768]."""
    p = "text.transformer."
    e = p + "embeddings."
    x = F.embedding(ids, w[e + "word_embeddings.weight"])
    x = x + w[e + "token_type_embeddings.weight"][0] + w[e + "position_embeddings.weight"][: ids.shape[1]]
    n, t, c = x.shape
    x = F.layer_norm(x, (c,), w[e + "LayerNorm.weight"], w[e + "LayerNorm.bias"], 1e-12)
    bias = (1.0 - mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
    for i in range(12):
        b = f"{p}encoder.layer.{i}."
        a = b + "attention."

        def heads(name):
            y = F.linear(x, w[f"{a}self.{name}.weight"], w[f"{a}self.{name}.bias"])
            return y.view(n, t, HEADS, c // HEADS).transpose(1, 2)

        y = attention(heads("query"), heads("key"), heads("value"), bias).transpose(1, 2).reshape(n, t, c)
        y = F.linear(y, w[a + "output.dense.weight"], w[a + "output.dense.bias"])
        x = F.layer_norm(y + x, (c,), w[a + "output.LayerNorm.weight"], w[a + "output.LayerNorm.bias"], 1e-12)
        y = F.gelu(F.linear(x, w[b + "intermediate.dense.weight"], w[b + "intermediate.dense.bias"]))
        y = F.linear(y, w[b + "output.dense.weight"], w[b + "output.dense.bias"])
        x = F.layer_norm(y + x, (c,), w[b + "output.LayerNorm.weight"], w[b + "output.LayerNorm.bias"], 1e-12)
    return x[:, 0]


def text_features(w, ids, mask):
    """[n, t] to [n, 512], not normalised."""
    return F.linear(F.gelu(F.linear(text_state(w, ids, mask), w["text.proj.0.weight"])), w["text.proj.2.weight"])


def run_case(weights, case):
    """Encodes one batch of made-up pictures or ids and returns the milliseconds it took: elapsed, and of processors."""
    n = case["batch"]
    if "length" in case:
        ids = torch.randint(5, 28000, (n, case["length"]))
        mask = torch.zeros_like(ids)
        mask[:, : case["read"]] = 1
        run = lambda: text_features(weights, ids, mask)  # noqa: E731
    elif case.get("only") == "products":
        rows = torch.randn(197 * n, 768)
        run = lambda: image_products(weights, rows)  # noqa: E731
    else:
        pixels = torch.randn(n, 3, 224, 224)
        run = lambda: image_features(weights, pixels)  # noqa: E731
    start, cpu = time.perf_counter(), time.process_time()
    run()
    return {"ms": 1000 * (time.perf_counter() - start), "cpuMs": 1000 * (time.process_time() - cpu)}


def main():
    weights = load(sys.argv[1])
    torch.set_num_threads(int(sys.argv[2]))
    print(json.dumps({"torch": torch.__version__}), flush=True)
    with torch.inference_mode():
        for line in sys.stdin:
            print(json.dumps(run_case(weights, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
