using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>A row that a program changed or removed.</summary>
internal sealed record ProfileChange(RowForm Form, Row Row, bool Removed);

/// <summary>The tables of one droplet through the profile's eyes: typed rows in, bytes in the objects' maps, and typed rows back.</summary>
internal sealed class ProfileTables(Profile profile, ProfileDroplet droplet, PortResolver interfaceOf, Func<int, PortId?> portOf)
{
    private readonly PartCodec[] codecs = [.. profile.Parts.Select(part => new PartCodec(part, port => interfaceOf(port), portOf))];
    private readonly HashSet<ForeignMap> checkedMaps = [];

    /// <summary>Maps the programs write, with the codec of what is in them.</summary>
    public IEnumerable<(PartCodec Codec, ForeignMap Map, int Agent)> Learned()
    {
        foreach (PartCodec codec in codecs)
        {
            if (codec.Part.Learned)
            {
                foreach ((ForeignMap map, int agent) in droplet.Maps(codec.Part))
                {
                    yield return (codec, map, agent);
                }
            }
        }
    }

    /// <exception cref="HarnessException">The profile describes no such table, or a field of the row has no place in it.</exception>
    public void Put<TKey, TValue>(Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        if (TryWired(table, key, value))
        {
            return;
        }
        RowForm<TKey, TValue> form = Form(table);
        Row row = form.Write(in key, in value);
        PartCodec[] parts = Parts(table, row);
        RequirePlaces(form, row, parts);
        foreach (PartCodec codec in parts)
        {
            ForeignMap map = MapOf(codec, row);
            byte[] k = codec.Key(row), v = codec.Value(row);
            if (codec.Part.OmitsZero && v.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            {
                map.Delete(k);
            }
            else
            {
                map.Update(k, v);
            }
        }
        if (value is AgentConfig config)
        {
            droplet.Agent(((AgentId)(object)key).Value).SetLinks(config.Links);
            SyncAgentSlots();
        }
    }

    public void Delete<TKey, TValue>(Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        if (TryWired<TKey, TValue>(table, key, null))
        {
            return;
        }
        RowForm<TKey, TValue> form = Form(table);
        Row row = form.Write(in key);
        foreach (PartCodec codec in Parts(table, row))
        {
            ForeignMap map = MapOf(codec, row);
            if (codec.Part.IsArray)
            {
                map.Update(codec.Key(row), new byte[map.ValueBytes]);
            }
            else if (codec.Part.Key.Places.All(place => place.Name.Length == 0 || row.Has(place.Name)))
            {
                map.Delete(codec.Key(row));
            }
            else
            {
                // Its key has fields of the row's value: whatever this agent has there is of this row.
                map.Restore([], map.Read());
            }
        }
        if (key is AgentId agent)
        {
            droplet.Agent(agent.Value).SetLinks(AgentLinks.Usual);
            SyncAgentSlots();
        }
    }

    public IReadOnlyList<KeyValuePair<TKey, TValue>> Rows<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        if (ReferenceEquals(table, Tables.Stages))
        {
            return [.. droplet.Stages.Select(row => KeyValuePair.Create((TKey)(object)row.Key, (TValue)(object)row.Value))];
        }
        if (ReferenceEquals(table, Tables.AgentSlots))
        {
            return [.. droplet.AgentSlots.Select(row => KeyValuePair.Create((TKey)(object)row.Key, (TValue)(object)row.Value))];
        }
        if (RowForms.Of(table) is not { } form)
        {
            return []; // nothing of the kind: no rows
        }
        Dictionary<TKey, Row> rows = [];
        foreach (PartCodec codec in codecs.Where(codec => codec.Part.Table == table.Name))
        {
            foreach ((ForeignMap map, int agent) in droplet.Maps(codec.Part))
            {
                Check(codec, map);
                foreach (Row row in Decode(codec, map.Read(), agent))
                {
                    TKey key = form.ReadKey(row);
                    if (rows.TryGetValue(key, out Row? other))
                    {
                        foreach ((string name, FieldValue value) in row.Fields)
                        {
                            other[name] = value;
                        }
                    }
                    else
                    {
                        rows.Add(key, row);
                    }
                }
            }
        }
        return [.. rows.Select(row => KeyValuePair.Create(row.Key, form.ReadValue(row.Value)))];
    }

    /// <summary>The rows in which a map's contents differ.</summary>
    public static IEnumerable<ProfileChange> Changes(PartCodec codec, MapContents before, MapContents after, int agent)
    {
        RowForm form = Array.Find(RowForms.All, f => f.Name == codec.Part.Table)!;
        foreach ((byte[] key, byte[] value) in after)
        {
            if (!before.TryGetValue(key, out byte[]? was) || !was.AsSpan().SequenceEqual(value))
            {
                yield return new ProfileChange(form, DecodeOne(codec, key, value, agent, AgentLinks.None), Removed: false);
            }
        }
        foreach ((byte[] key, byte[] value) in before)
        {
            if (!after.ContainsKey(key))
            {
                yield return new ProfileChange(form, DecodeOne(codec, key, value, agent, AgentLinks.None), Removed: true);
            }
        }
    }

    /// <summary>Gives each agent's devmap the rows its link to the NIC entitles it to.</summary>
    public void SyncAgentSlots()
    {
        foreach (PartCodec codec in codecs.Where(codec => codec.Part.Table == Tables.AgentSlots.Name))
        {
            foreach ((ForeignMap map, int agent) in droplet.Maps(codec.Part))
            {
                Check(codec, map);
                MapContents wanted = [];
                if (agent == 0 || droplet.Agents[agent].Links.HasFlag(AgentLinks.Nic))
                {
                    foreach ((int slot, PortId port) in droplet.AgentSlots)
                    {
                        Row row = RowForms.Of(Tables.AgentSlots)!.Write(slot, port);
                        wanted[codec.Key(row)] = codec.Value(row);
                    }
                }
                map.Restore(wanted, map.Read());
            }
        }
    }

    /// <summary>Tables that are wiring, not rows of one map.</summary>
    private bool TryWired<TKey, TValue>(Table<TKey, TValue> table, TKey key, TValue? value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        if (ReferenceEquals(table, Tables.Stages))
        {
            droplet.SetStage((int)(object)key, (StageProgram?)(object?)value);
            return true;
        }
        if (!ReferenceEquals(table, Tables.AgentSlots))
        {
            return false;
        }
        int slot = (int)(object)key;
        if (value is PortId port)
        {
            droplet.AgentSlots[slot] = port;
        }
        else
        {
            droplet.AgentSlots.Remove(slot);
        }
        SyncAgentSlots();
        return true;
    }

    private RowForm<TKey, TValue> Form<TKey, TValue>(Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct =>
        RowForms.Of(table) is { } form && codecs.Any(codec => codec.Part.Table == table.Name)
            ? form
            : throw new HarnessException($"profile {profile.Name} describes no table '{table.Name}'");

    private PartCodec[] Parts(ITable table, Row row) => [.. codecs.Where(codec => codec.Part.Table == table.Name && codec.Holds(row))];

    /// <summary>Whether a row can be written as it is.</summary>
    public bool Holds<TKey, TValue>(Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        if (ReferenceEquals(table, Tables.Stages))
        {
            return (int)(object)key is >= StageSlot.Tx and <= StageSlot.ScaledEndpoint && (StageProgram)(object)value != StageProgram.Function;
        }
        if (ReferenceEquals(table, Tables.AgentSlots))
        {
            return true;
        }
        if (RowForms.Of(table) is not { } form)
        {
            return false;
        }
        Row row = form.Write(in key, in value);
        PartCodec[] parts = Parts(table, row);
        try
        {
            RequirePlaces(form, row, parts);
            foreach (PartCodec codec in parts)
            {
                codec.Key(row);
                codec.Value(row);
            }
            return parts.Length > 0;
        }
        catch (HarnessException)
        {
            return false;
        }
    }

    private void RequirePlaces(RowForm form, Row row, PartCodec[] parts)
    {
        foreach ((string name, FieldValue value) in row.Fields)
        {
            bool unseen = profile.Dialect == Dialect.Mizar && form.LabFields.Contains(name);
            bool told = name == AgentForm.Agent && parts.Any(codec => profile.Find(codec.Part.Program)!.PerEndpoint);
            if (!value.IsZero && !unseen && !told && !parts.Any(codec => codec.Part.Has(name)))
            {
                throw new HarnessException($"profile {profile.Name} has no place for '{name}' of table '{form.Name}' (here {(value.List.Count > 0 ? value.List : value.Number)})");
            }
        }
    }

    private ForeignMap MapOf(PartCodec codec, Row row)
    {
        ForeignMap map = droplet.Map(codec.Part, row);
        Check(codec, map);
        return map;
    }

    private void Check(PartCodec codec, ForeignMap map)
    {
        if (checkedMaps.Add(map))
        {
            codec.Check(map);
        }
    }

    private IEnumerable<Row> Decode(PartCodec codec, MapContents contents, int agent)
    {
        foreach ((byte[] key, byte[] value) in contents)
        {
            if (!codec.Part.IsArray || value.AsSpan().IndexOfAnyExcept((byte)0) >= 0)
            {
                yield return DecodeOne(codec, key, value, agent, agent == 0 ? AgentLinks.None : droplet.Agents[agent].Links);
            }
        }
    }

    private static Row DecodeOne(PartCodec codec, byte[] key, byte[] value, int agent, AgentLinks links)
    {
        Row row = new();
        codec.Read(key, value, row);
        return agent == 0 ? row : row.Set(AgentForm.Agent, (long)agent).Set(AgentForm.Links, (ulong)links);
    }
}
