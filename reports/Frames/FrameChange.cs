using System.Collections.Immutable;

namespace MizarLab.Reports;

/// <summary>One decoded field: its layer (<c>IPv4</c>), its name (<c>ttl</c>), its value as people read it.</summary>
public readonly record struct FrameField(string Layer, string Name, string Value);

/// <summary>What happened to a layer or a field between two frames.</summary>
public enum ChangeKind : byte
{
    Same,
    Changed,
    Added,
    Removed,
}

/// <summary>A field before and after; one of them is null when it came or went.</summary>
public sealed record FieldChange(string Name, string? Before, string? After)
{
    public ChangeKind Kind => Before is null ? ChangeKind.Added : After is null ? ChangeKind.Removed : Before == After ? ChangeKind.Same : ChangeKind.Changed;
}

/// <summary>A layer's fields, and whether the layer itself came or went whole.</summary>
public sealed record LayerChange(string Layer, ChangeKind Kind, ImmutableArray<FieldChange> Fields);

/// <summary>
/// Two frames held against each other field by field. A frame inside Geneve is aligned with the frame that was put into it: layers of
/// the inner frame meet those of the plain one, and an encapsulation shows as layers that were added.
/// </summary>
public static class FrameChange
{
    public static ImmutableArray<LayerChange> Of(byte[] before, byte[] after)
    {
        Layers left = Layers.Of(before);
        Layers right = Layers.Of(after);
        return [.. Align(left.Outer, right.Outer), .. Align(left.Inner, right.Inner)];
    }

    /// <summary>How the decoder names the layers inside a tunnel.</summary>
    private const string InnerPrefix = "inner ";

    private sealed record Layer(string Name, List<FrameField> Fields)
    {
        /// <summary>The name without the tunnel around it: by this a plain frame's layers meet those of the same frame in a tunnel.</summary>
        public string Bare => Name.StartsWith(InnerPrefix, StringComparison.Ordinal) ? Name[InnerPrefix.Length..] : Name;
    }

    /// <summary>The layers up to the tunnel's end, and those of the endpoint's own frame.</summary>
    private sealed record Layers(List<Layer> Outer, List<Layer> Inner)
    {
        public static Layers Of(byte[] frame)
        {
            List<Layer> all = [];
            foreach (FrameField field in FrameFields.Of(frame))
            {
                if (all.Count == 0 || all[^1].Name != field.Layer)
                {
                    all.Add(new Layer(field.Layer, []));
                }
                all[^1].Fields.Add(field);
            }
            int inner = all.FindIndex(l => l.Name.StartsWith(InnerPrefix, StringComparison.Ordinal));
            return inner < 0 ? new Layers([], all) : new Layers(all[..inner], all[inner..]);
        }
    }

    private static IEnumerable<LayerChange> Align(List<Layer> left, List<Layer> right)
    {
        // Layers keep their order, so the longest common run of names is found greedily: headers come and go only as whole stacks.
        int from = 0;
        foreach (Layer layer in right)
        {
            int match = left.FindIndex(from, l => l.Bare == layer.Bare);
            if (match < 0)
            {
                yield return new LayerChange(layer.Name, ChangeKind.Added, [.. layer.Fields.Select(f => new FieldChange(f.Name, null, f.Value))]);
                continue;
            }
            for (; from < match; from++)
            {
                yield return Removed(left[from]);
            }
            from = match + 1;
            ImmutableArray<FieldChange> fields = Fields(left[match].Fields, layer.Fields);
            yield return new LayerChange(layer.Name, fields.All(f => f.Kind == ChangeKind.Same) ? ChangeKind.Same : ChangeKind.Changed, fields);
        }
        for (; from < left.Count; from++)
        {
            yield return Removed(left[from]);
        }
    }

    private static LayerChange Removed(Layer layer) => new(layer.Name, ChangeKind.Removed, [.. layer.Fields.Select(f => new FieldChange(f.Name, f.Value, null))]);

    private static ImmutableArray<FieldChange> Fields(List<FrameField> left, List<FrameField> right)
    {
        List<FieldChange> fields = [];
        List<FrameField> rest = [.. left];
        foreach (FrameField field in right)
        {
            int match = rest.FindIndex(f => f.Name == field.Name);
            fields.Add(new FieldChange(field.Name, match < 0 ? null : rest[match].Value, field.Value));
            if (match >= 0)
            {
                rest.RemoveAt(match);
            }
        }
        fields.AddRange(rest.Select(f => new FieldChange(f.Name, f.Value, null)));
        return [.. fields];
    }
}
