using MizarLab.Observation;

namespace MizarLab.DataPlane;

/// <summary>What programs changed in tables since somebody last asked; kept as values, made text when asked for.</summary>
internal sealed class ChangeLog
{
    private readonly List<Change> changes = [];

    public bool Enabled { get; set; }

    /// <summary>Notes a direct-path entry that was learned, or that left for another (<paramref name="host"/> null).</summary>
    public void Note(in EndpointKey endpoint, CachedHost? host)
    {
        if (Enabled)
        {
            changes.Add(new Change(endpoint, host));
        }
    }

    public IReadOnlyList<TableChange> Take()
    {
        if (changes.Count == 0)
        {
            return [];
        }
        TableChange[] taken = new TableChange[changes.Count];
        for (int i = 0; i < taken.Length; i++)
        {
            Change change = changes[i];
            taken[i] = new TableChange(
                Tables.DirectPath.Name,
                TableText.Key(change.Endpoint),
                change.Host is { } host ? TableText.Value(host) : null);
        }
        changes.Clear();
        return taken;
    }

    private readonly record struct Change(EndpointKey Endpoint, CachedHost? Host);
}
