using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Management;
using MizarLab.Overlay;

namespace MizarLab.Harness.Conformance;

/// <summary>What a plan writes before its timeline begins, as states.</summary>
public static class PlannedStates
{
    /// <summary>A state for each droplet of the plan.</summary>
    public static ImmutableArray<DropletState> Of(Plan plan)
    {
        Recorder recorder = new(plan.Topology.Droplets.Length);
        plan.WriteInitial(recorder);
        return [.. recorder.Rows.Select(rows => new DropletState([.. rows]) { Agents = 127 })];
    }

    private sealed class Recorder(int droplets) : ITableWriter
    {
        public List<StateRow>[] Rows { get; } = [.. Enumerable.Range(0, droplets).Select(_ => new List<StateRow>())];

        public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct => Rows[droplet.Index].Add(StateRow.New(table, in key, in value));

        public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
            StateRow gone = StateRow.New(table, in key, default);
            Rows[droplet.Index].RemoveAll(row => row.HasKeyOf(gone));
        }
    }
}
