"""Trains the starter model on generated pictures: CLIP's contrastive loss where a text may be true of several pictures.

python3 train.py DATA OUT [STEPS]   reads what make-pictures.ts and make-texts.ts wrote to DATA and writes an
open_clip checkpoint folder to OUT (beside the tokenizer files that make-tokenizer.ts put there).
One thread, fixed seeds: the same weights again on the same build of torch.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from model import SIZES, DualEncoder

MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
BATCH, PEAK_RATE, WARM_UP, DECAY, SEED = 128, 1e-3, 150, 0.05, 20


def load(folder):
    about = json.loads((folder / "texts.json").read_text())
    side, facts = SIZES["vision"]["image_size"], len(about["facts"])
    files = sorted(folder.glob("pictures-*.u8"), key=lambda path: int(path.stem.split("-")[1]))
    read = lambda name, dtype, columns: np.fromfile(folder / name, dtype).reshape(-1, columns)
    return {
        "pictures": np.concatenate([np.memmap(path, np.uint8, "r").reshape(-1, side, side, 3) for path in files]),
        "ids": read("ids.u16", "<u2", about["length"]).astype(np.int64),
        "needs": read("needs.u8", np.uint8, facts).astype(np.float32),
        "facts": read("facts.u8", np.uint8, facts).astype(np.float32),
        "texts_of": read("texts-of-pictures.i32", "<i4", about["textsPerPicture"]),
        "turnable": [i for i, name in enumerate(about["facts"]) if name in ("modality=histology", "label=dermoscopy")],
    }


def augment(pixels, turnable, rng):
    """Small turns, zooms and shifts (any turn where up means nothing), other brightness and contrast. [n, 3, s, s], 0 to 1."""
    n = len(pixels)
    turn = rng.uniform(-0.1, 0.1, n) + np.where(turnable, rng.uniform(0, 2 * math.pi, n), 0)
    zoom, shift = rng.uniform(0.88, 1.12, n), rng.uniform(-0.08, 0.08, (n, 2))
    rows = [[np.cos(turn) * zoom, -np.sin(turn) * zoom, shift[:, 0]], [np.sin(turn) * zoom, np.cos(turn) * zoom, shift[:, 1]]]
    theta = torch.tensor(np.array(rows).transpose(2, 0, 1), dtype=torch.float32)
    grid = F.affine_grid(theta, pixels.shape, align_corners=False)
    pixels = F.grid_sample(pixels, grid, padding_mode="reflection", align_corners=False)
    factor = lambda low, high: torch.tensor(rng.uniform(low, high, (n, 1, 1, 1)), dtype=torch.float32)
    pixels = (pixels - 0.5) * factor(0.75, 1.25) + 0.5 + factor(-0.1, 0.1)
    return pixels.clamp(0, 1)


def with_strangers(ids, rng):
    """Puts a word that says nothing into some texts, so that words never trained on are read as such."""
    out = np.zeros((ids.shape[0], ids.shape[1] + 2), ids.dtype)
    for row, text in enumerate(ids):
        words = list(text[text > 0])
        for _ in range(rng.integers(1, 3) if rng.random() < 0.25 else 0):
            words.insert(int(rng.integers(1, len(words))), int(rng.integers(5, SIZES["text"]["rows"])))
        out[row, : len(words)] = words
    return out[:, : int((out > 0).sum(1).max())]


def contrastive(logits, true):
    """Cross entropy both ways against all that is true, shared evenly."""
    to_text = -(F.log_softmax(logits, 1) * true / true.sum(1, keepdim=True)).sum(1).mean()
    to_image = -(F.log_softmax(logits, 0) * true / true.sum(0, keepdim=True)).sum(0).mean()
    return (to_text + to_image) / 2


def train(data, steps, save):
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    model = DualEncoder()
    # Matrices are decayed, the rest is not.
    plain = [p for p in model.parameters() if p.dim() < 2]
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    groups = [{"params": matrices, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=PEAK_RATE, betas=(0.9, 0.98))
    mean, std = (torch.tensor(x).view(1, 3, 1, 1) for x in (MEAN, STD))
    order, began, total = [], time.time(), 0.0
    for step in range(steps):
        if len(order) < BATCH:
            order = list(rng.permutation(len(data["pictures"])))
        chosen = np.array([order.pop() for _ in range(BATCH)])
        facts = data["facts"][chosen]
        pixels = torch.from_numpy(data["pictures"][chosen]).permute(0, 3, 1, 2).float() / 255
        pixels = (augment(pixels, facts[:, data["turnable"]].any(1), rng) - mean) / std
        texts = data["texts_of"][chosen, rng.integers(0, data["texts_of"].shape[1], BATCH)]
        ids = torch.from_numpy(with_strangers(data["ids"][texts], rng))
        true = torch.from_numpy(((1 - facts) @ data["needs"][texts].T < 0.5).astype(np.float32))

        rate = PEAK_RATE * min(1.0, (step + 1) / WARM_UP) * (0.01 + 0.99 * (1 + math.cos(math.pi * step / steps)) / 2)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = contrastive(model.logit_scale.exp() * model.image(pixels) @ model.words(ids).T, true)
        # What a perfect model would still be charged: the shared truths' own entropy.
        floor = (true.sum(1).log().mean() + true.sum(0).log().mean()) / 2
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, math.log(60))
        total += float(loss - floor)
        if (step + 1) % 50 == 0:
            print(f"{step + 1} loss over floor {total / 50:.4f} scale {model.logit_scale.exp():.1f} {time.time() - began:.0f} s", flush=True)
            total = 0.0
        if (step + 1) % 400 == 0 or step + 1 == steps:
            save(model)


def write_checkpoint(model, folder):
    """An open_clip folder: weights, and the sizes that no tensor tells."""
    vision, text = SIZES["vision"], SIZES["text"]
    name = f"vit_starter_w{vision['width']}_d{vision['layers']}_h{vision['heads']}_patch{vision['patch']}_{vision['image_size']}"
    bert = "vitrine/starter-bert-uncased"
    config = {
        "model_cfg": {
            "embed_dim": SIZES["embed_dim"],
            "vision_cfg": {"timm_model_name": name, "timm_model_pretrained": False, "timm_pool": "", "timm_proj": "linear", "image_size": vision["image_size"]},
            "text_cfg": {"hf_model_name": bert, "hf_tokenizer_name": bert, "hf_proj_type": "mlp", "hf_pooler_type": "cls_last_hidden_state_pooler", "context_length": text["context_length"]},
        },
        "preprocess_cfg": {"mean": MEAN, "std": STD},
    }
    bert_config = {
        "architectures": ["BertForMaskedLM"], "model_type": "bert", "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
        "hidden_size": text["width"], "initializer_range": 0.02, "intermediate_size": 4 * text["width"], "layer_norm_eps": 1e-12,
        "max_position_embeddings": text["positions"], "num_attention_heads": text["heads"], "num_hidden_layers": text["layers"],
        "type_vocab_size": 2, "vocab_size": text["rows"], "pad_token_id": 0, "position_embedding_type": "absolute",
    }
    sizes = {
        "vision": {**vision, "layer_norm_eps": 1e-06, "act": "gelu (exact, erf)", "pool": "class token after the final norm", "projection_bias": False},
        "text": {
            "width": text["width"], "layers": text["layers"], "heads": text["heads"], "rows": text["rows"], "tokenizer_entries": text["rows"],
            "layer_norm_eps": 1e-12, "act": "gelu (exact, erf)", "pool": "[CLS], last hidden state", "context_length": text["context_length"],
            "projection": "linear, GELU (erf), linear; no bias",
        },
        "embed_dim": SIZES["embed_dim"],
    }
    for file, value in (("open_clip_config.json", config), ("bert_config.json", bert_config), ("architecture.json", sizes)):
        (folder / file).write_text(json.dumps(value, indent=2) + "\n")
    torch.save({name: tensor.clone() for name, tensor in model.state_dict().items()}, folder / "open_clip_pytorch_model.bin")


if __name__ == "__main__":
    torch.set_num_threads(1)
    out = Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    train(load(Path(sys.argv[1])), int(sys.argv[3]) if len(sys.argv) > 3 else 2000, lambda model: write_checkpoint(model, out))
