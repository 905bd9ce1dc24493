using MizarLab.DataPlane;
using MizarLab.Harness.Conformance.Rows;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Changes states: rows that go, come twice under other keys, or have another value in one field.</summary>
internal static class RowMutation
{
    /// <summary>A state that differs from this one in a few places.</summary>
    public static DropletState Perturb(DropletState state, FuzzRandom random, Palette palette)
    {
        List<StateRow> rows = [.. state.Rows];
        for (int changes = random.Below(2) == 0 ? 0 : random.Between(1, 6); changes > 0 && rows.Count > 0; changes--)
        {
            int at = random.Below(rows.Count);
            switch (random.Below(8))
            {
                case 0:
                    rows.RemoveAt(at);
                    break;
                case 1 when IsOpen(rows[at].Table):
                    rows.Add(WithAnotherKey(rows[at], random, palette));
                    break;
                default:
                    rows[at] = WithAnotherValue(rows[at], random, palette);
                    break;
            }
        }
        return state with { Rows = [.. rows] };
    }

    /// <summary>The same row with one field of its value drawn anew.</summary>
    public static StateRow WithAnotherValue(StateRow row, FuzzRandom random, Palette palette)
    {
        TableShape shape = TableShape.All[row.Table.Name];
        if (row.BoxedValue is not { } value || shape.Value.Leaves.IsEmpty || row.Table == Tables.Slots || row.Table == Tables.AgentSlots || row.Table == Tables.PolicyEnforced)
        {
            return row;
        }
        Leaf leaf = shape.Value.Leaves[random.Below(shape.Value.Leaves.Length)];
        bool host = row.Table == Tables.Interface || row.Table == Tables.DirectPath;
        return Settled(shape.Row(row.BoxedKey, leaf.With(value, LeafDraw.Draw(leaf, random, palette, host))));
    }

    /// <summary>Tables whose keys are not slots, agents or a single 0.</summary>
    public static bool IsOpen(ITable table) =>
        table != Tables.Interface && table != Tables.Slots && table != Tables.AgentSlots && table != Tables.Agents
        && table != Tables.AgentSubstrate && table != Tables.Stages && table != Tables.Statistics;

    private static StateRow WithAnotherKey(StateRow row, FuzzRandom random, Palette palette)
    {
        TableShape shape = TableShape.All[row.Table.Name];
        Leaf leaf = shape.Key.Leaves[random.Below(shape.Key.Leaves.Length)];
        bool host = row.Table == Tables.Peers || row.Table == Tables.Bandwidth;
        return Settled(shape.Row(leaf.With(row.BoxedKey, LeafDraw.Draw(leaf, random, palette, host)), row.BoxedValue!));
    }

    /// <summary>What no management plane writes, and the programs' tables have no room for, is put right.</summary>
    private static StateRow Settled(StateRow row) => row switch
    {
        StateRow<AgentId, AgentConfig> { Value: { } config } agent => agent with { Value = config with { Links = config.Links & ~(config.Links.HasFlag(AgentLinks.AbortedToPass) ? AgentLinks.AbortedToDrop : 0) } },
        StateRow<int, StageProgram> { Value: StageProgram.ScaledEndpoint, Key: not StageSlot.ScaledEndpoint } stage => stage with { Value = StageProgram.Drop },
        _ => row,
    };
}
