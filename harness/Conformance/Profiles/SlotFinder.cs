using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>
/// Finds where a redirect went (spec 11): a test run does not say. The frame is run again, from the same state, with one filled slot of a devmap removed at a time;
/// the slot whose absence changes the verdict is the target. The tables are left as the first run left them.
/// </summary>
internal sealed class SlotFinder(ProfileDroplet objects, ProfileTables tables, Profile profile, AgentId agent, ProgramId program)
{
    private readonly List<(PartCodec Codec, ForeignMap Map, int Agent, MapContents Before)> remembered = [];

    /// <summary>Notes what the programs may write, before the run.</summary>
    public void Remember()
    {
        foreach ((PartCodec codec, ForeignMap map, int of) in tables.Learned())
        {
            remembered.Add((codec, map, of, map.Read()));
        }
    }

    /// <summary>Rows that changed since.</summary>
    public IEnumerable<ProfileChange> Changes() =>
        remembered.SelectMany(map => ProfileTables.Changes(map.Codec, map.Before, map.Map.Read(), map.Agent));

    /// <param name="run">Runs the frame again.</param>
    /// <returns>No devmap when no slot decides the verdict: a stage that answers REDIRECT of its own.</returns>
    public (Devmap Devmap, int Slot) Find(Func<Verdict> run)
    {
        MapContents[] after = [.. remembered.Select(map => map.Map.Read())];
        try
        {
            foreach ((Devmap devmap, ForeignMap map, int slot) in Candidates())
            {
                byte[] key = BitConverter.GetBytes(slot), interfaceIndex = new byte[map.ValueBytes];
                if (!map.TryLookup(key, interfaceIndex))
                {
                    continue;
                }
                Restore();
                map.Delete(key);
                Verdict without = run();
                map.Update(key, interfaceIndex);
                if (without != Verdict.Redirect)
                {
                    return (devmap, slot);
                }
            }
        }
        finally
        {
            for (int i = 0; i < remembered.Count; i++)
            {
                remembered[i].Map.Restore(after[i], remembered[i].Map.Read());
            }
        }
        return (Devmap.None, -1);
    }

    private void Restore()
    {
        foreach ((PartCodec _, ForeignMap map, int _, MapContents before) in remembered)
        {
            map.Restore(before, map.Read());
        }
    }

    private IEnumerable<(Devmap Devmap, ForeignMap Map, int Slot)> Candidates()
    {
        foreach ((string table, Devmap devmap) in ((string, Devmap)[])[(Tables.AgentSlots.Name, Devmap.Agent), (Tables.Slots.Name, Devmap.Transit)])
        {
            foreach (TablePart part in profile.Parts.Where(part => part.Table == table))
            {
                foreach ((ForeignMap map, int of) in objects.Maps(part))
                {
                    if ((of == 0 || of == agent.Value) && (devmap == Devmap.Transit || program == ProgramId.Agent))
                    {
                        foreach (byte[] key in map.Read().Keys)
                        {
                            yield return (devmap, map, BitConverter.ToInt32(key));
                        }
                    }
                }
            }
        }
    }
}
