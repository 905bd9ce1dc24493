namespace MizarLab.Overlay;

/// <summary>A tier of switches.</summary>
public enum SwitchTier : byte
{
    /// <summary>What droplets hang on: a leaf, or an edge of a fat-tree.</summary>
    Edge,

    /// <summary>Between edges and cores of a fat-tree.</summary>
    Aggregation,

    /// <summary>Spines and cores, and the one switch of a star.</summary>
    Top,
}

/// <summary>A switch of the underlay, by its number in its tier: edges and aggregations pod by pod.</summary>
/// <example><code>spine-1  leaf-0  core-3  aggregation-2  edge-5</code></example>
public readonly record struct FabricSwitch(SwitchTier Tier, int Number)
{
    /// <summary>The words for switches, by the kind of fabric and tier.</summary>
    private static readonly (FabricKind Kind, SwitchTier Tier, string Word)[] Words =
    [
        (FabricKind.LeafSpine, SwitchTier.Edge, "leaf"), (FabricKind.LeafSpine, SwitchTier.Top, "spine"),
        (FabricKind.FatTree, SwitchTier.Edge, "edge"), (FabricKind.FatTree, SwitchTier.Aggregation, "aggregation"), (FabricKind.FatTree, SwitchTier.Top, "core"),
    ];

    public static bool TryParse(string text, FabricShape shape, out FabricSwitch found)
    {
        foreach ((FabricKind kind, SwitchTier tier, string word) in Words)
        {
            if (kind == shape.Kind && text.StartsWith($"{word}-", StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(word.Length + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number)
                && number < CountOf(shape, tier))
            {
                found = new FabricSwitch(tier, number);
                return true;
            }
        }
        found = default;
        return false;
    }

    /// <summary>What switches of a fabric are called: <c>leaf-0 to leaf-3, spine-0 to spine-1</c>.</summary>
    public static string NamesOf(FabricShape shape) => shape.Kind == FabricKind.Star
        ? "a star's one switch is no step's"
        : string.Join(", ", Words.Where(w => w.Kind == shape.Kind).Select(w => $"{w.Word}-0 to {w.Word}-{CountOf(shape, w.Tier) - 1}"));

    public static int CountOf(FabricShape shape, SwitchTier tier) => (shape.Kind, tier) switch
    {
        (FabricKind.LeafSpine, SwitchTier.Edge) => shape.Leaves,
        (FabricKind.LeafSpine, SwitchTier.Top) => shape.Spines,
        (FabricKind.FatTree, SwitchTier.Top) => shape.Ports * shape.Ports / 4,
        (FabricKind.FatTree, _) => shape.Ports * shape.Ports / 2,
        (FabricKind.Star, SwitchTier.Top) => 1,
        _ => 0,
    };

    /// <summary>Whether a link joins the two.</summary>
    public static bool AreJoined(FabricShape shape, FabricSwitch a, FabricSwitch b)
    {
        if (a.Tier > b.Tier)
        {
            (a, b) = (b, a);
        }
        int half = Math.Max(shape.Ports / 2, 1);
        return (shape.Kind, a.Tier, b.Tier) switch
        {
            (FabricKind.LeafSpine, SwitchTier.Edge, SwitchTier.Top) => true,
            (FabricKind.FatTree, SwitchTier.Edge, SwitchTier.Aggregation) => a.Number / half == b.Number / half,
            (FabricKind.FatTree, SwitchTier.Aggregation, SwitchTier.Top) => a.Number % half == b.Number / half,
            _ => false,
        };
    }

    public string NameIn(FabricShape shape)
    {
        FabricSwitch self = this;
        string word = Words.FirstOrDefault(w => w.Kind == shape.Kind && w.Tier == self.Tier).Word ?? "switch";
        return $"{word}-{Number}";
    }
}
