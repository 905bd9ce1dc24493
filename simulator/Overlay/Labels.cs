using System.Collections.Immutable;

namespace MizarLab.Overlay;

/// <summary>
/// A set of labels, or a selector of such sets: keys with their values, in order of key. Two sets of the same labels are equal, and have one id in the data
/// plane (spec §5.7).
/// </summary>
public sealed class LabelSet : IEquatable<LabelSet>, IComparable<LabelSet>
{
    public static readonly LabelSet Empty = new([]);

    private readonly ImmutableSortedDictionary<string, string> labels;
    private readonly string text;

    public LabelSet(IEnumerable<KeyValuePair<string, string>> labels)
    {
        this.labels = labels.ToImmutableSortedDictionary(StringComparer.Ordinal);
        text = string.Join(",", this.labels.Select(l => $"{l.Key}={l.Value}"));
    }

    public bool IsEmpty => labels.IsEmpty;

    /// <summary>Whether all of the selector's labels are among these.</summary>
    public bool Matches(LabelSet selector) => selector.labels.All(l => labels.TryGetValue(l.Key, out string? value) && value == l.Value);

    public bool Equals(LabelSet? other) => other is not null && text == other.text;

    public override bool Equals(object? obj) => obj is LabelSet other && Equals(other);

    public override int GetHashCode() => string.GetHashCode(text, StringComparison.Ordinal);

    public int CompareTo(LabelSet? other) => string.CompareOrdinal(text, other?.text);

    /// <summary><c>app=web,tier=front</c>.</summary>
    public override string ToString() => text;
}

/// <summary>An endpoint's own labels, and those of the namespace it is in (Kubernetes' word; no network namespace).</summary>
public readonly record struct EndpointLabels(LabelSet? OwnLabels, LabelSet? NamespaceLabels)
{
    public LabelSet Own => OwnLabels ?? LabelSet.Empty;

    public LabelSet Namespace => NamespaceLabels ?? LabelSet.Empty;
}
