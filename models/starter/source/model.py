"""The starter's dual encoder in BiomedCLIP's layout: timm's ViT and BERT, with the names their checkpoints use."""

import math

import torch
from torch import nn
from torch.nn import functional as F

SIZES = {
    "embed_dim": 128,
    "vision": {"width": 128, "layers": 4, "heads": 4, "patch": 16, "image_size": 112},
    "text": {"width": 96, "layers": 2, "heads": 4, "rows": 4096, "positions": 512, "context_length": 256},
}


def attend(q, k, v, heads, mask=None):
    """Multi-head attention over [n, t, width]; `mask` [n, t] is true where a key may be read."""
    n, t, width = q.shape
    q, k, v = (x.view(n, t, heads, width // heads).transpose(1, 2) for x in (q, k, v))
    scores = q @ k.transpose(-1, -2) / math.sqrt(width // heads)
    if mask is not None:
        scores = scores.masked_fill(~mask[:, None, None, :], float("-inf"))
    return (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, width)


class VisionAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        return self.proj(attend(*self.qkv(x).chunk(3, -1), self.heads))


class VisionBlock(nn.Module):
    """Normalises before each part."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = VisionAttention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, 4 * width), "fc2": nn.Linear(4 * width, width)})

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp["fc2"](F.gelu(self.mlp["fc1"](self.norm2(x))))


class VisionTrunk(nn.Module):
    def __init__(self, width, layers, heads, patch, image_size):
        super().__init__()
        self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.pos_embed = nn.Parameter(torch.randn(1, (image_size // patch) ** 2 + 1, width) * 0.02)
        self.patch = patch
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, width, patch, patch)})
        self.blocks = nn.ModuleList(VisionBlock(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, pixels):
        # The convolution as one product: with patches that do not overlap it is the same, and much faster here.
        conv, size = self.patch_embed["proj"], self.patch
        n, channels, height, width = pixels.shape
        cut = pixels.view(n, channels, height // size, size, width // size, size).permute(0, 2, 4, 1, 3, 5)
        x = F.linear(cut.reshape(n, -1, channels * size * size), conv.weight.flatten(1), conv.bias)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.norm(x)[:, 0]


class BertLayer(nn.Module):
    """Normalises after each sum."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        linear = {name: nn.Linear(width, width) for name in ("query", "key", "value")}
        output = {"dense": nn.Linear(width, width), "LayerNorm": nn.LayerNorm(width, eps=1e-12)}
        self.attention = nn.ModuleDict({"self": nn.ModuleDict(linear), "output": nn.ModuleDict(output)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, 4 * width)})
        self.output = nn.ModuleDict({"dense": nn.Linear(4 * width, width), "LayerNorm": nn.LayerNorm(width, eps=1e-12)})

    def forward(self, x, mask):
        own, out = self.attention["self"], self.attention["output"]
        read = attend(own["query"](x), own["key"](x), own["value"](x), self.heads, mask)
        x = out["LayerNorm"](x + out["dense"](read))
        return self.output["LayerNorm"](x + self.output["dense"](F.gelu(self.intermediate["dense"](x))))


class Bert(nn.Module):
    def __init__(self, width, layers, heads, rows, positions):
        super().__init__()
        tables = {"word_embeddings": rows, "position_embeddings": positions, "token_type_embeddings": 2}
        self.embeddings = nn.ModuleDict({name: nn.Embedding(count, width) for name, count in tables.items()})
        self.embeddings["LayerNorm"] = nn.LayerNorm(width, eps=1e-12)
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(BertLayer(width, heads) for _ in range(layers))})

    def forward(self, ids):
        e, mask = self.embeddings, ids != 0
        places = torch.arange(ids.shape[1])
        x = e["word_embeddings"](ids) + e["position_embeddings"](places) + e["token_type_embeddings"](torch.zeros_like(ids))
        x = e["LayerNorm"](x)
        for layer in self.encoder["layer"]:
            x = layer(x, mask)
        return x[:, 0]


class DualEncoder(nn.Module):
    """state_dict() has the keys of an open_clip BiomedCLIP checkpoint."""

    def __init__(self):
        super().__init__()
        dim, vision, text = SIZES["embed_dim"], SIZES["vision"], SIZES["text"]
        hidden = (text["width"] + dim) // 2
        head = nn.ModuleDict({"proj": nn.Linear(vision["width"], dim, bias=False)})
        self.visual = nn.ModuleDict({"trunk": VisionTrunk(**vision), "head": head})
        bert = Bert(text["width"], text["layers"], text["heads"], text["rows"], text["positions"])
        proj = nn.Sequential(nn.Linear(text["width"], hidden, bias=False), nn.GELU(), nn.Linear(hidden, dim, bias=False))
        self.text = nn.ModuleDict({"transformer": bert, "proj": proj})
        self.logit_scale = nn.Parameter(torch.tensor(math.log(14.0)))
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                nn.init.trunc_normal_(parameter, std=0.02 if "embed" in name else parameter.shape[1] ** -0.5 * 0.8)
        # Positions beyond the training texts stay zero: a longer text is then read without order, not with noise.
        nn.init.zeros_(bert.embeddings["position_embeddings"].weight)

    def image(self, pixels):
        return F.normalize(self.visual["head"]["proj"](self.visual["trunk"](pixels)), dim=-1)

    def words(self, ids):
        return F.normalize(self.text["proj"](self.text["transformer"](ids)), dim=-1)
