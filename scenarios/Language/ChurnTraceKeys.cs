using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Scenarios.Inputs;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;
using MizarLab.Workload.Traffic;

namespace MizarLab.Scenarios.Language;

/// <summary><c>trace: { file: traces/zone-a.sqlite, speed: 86_400, from: 2.5 }</c>: machines that came and went, in place of a law.</summary>
internal static class ChurnTraceKeys
{
    /// <summary>What of a study is written out is steps of its run.</summary>
    private const int MostChanges = 2_000_000;

    private static readonly Key<string> File = Key.Needs("file", InputNameShape.Instance, "An SQLite file in the form of Azure's packing trace, beside this file; the run keeps a copy (docs/workloads.md).");
    private static readonly Key<double> Speed = Key.Has("speed", new NumberShape("a factor", 0.000001, 1_000_000_000), 3_600, "Recorded seconds that pass in a simulated one.");
    private static readonly Key<double> From = Key.Has("from", new NumberShape("a day", -36_525, 36_525), 0, "Day of the trace with which the run begins; who was there already is created at once.");

    public static readonly RecordShape Shape = new(
        "churn_trace", "Endpoints come and go as the machines of a trace did, each as the first endpoint that is not there. Nobody moves; whose machine it was is not played.", File, Speed, From);

    public static double SpeedOf(Fields fields) => fields.Get(Speed);

    /// <summary>A trace says all itself.</summary>
    public static bool Stands(Fields fields, Key<SimTime> life, Key<SimTime> stay, Diagnostics diagnostics)
    {
        foreach (Key<SimTime> key in (ReadOnlySpan<Key<SimTime>>)[life, stay])
        {
            if (fields.Given(key))
            {
                diagnostics.Report(fields.PlaceOf(key), $"'{key.Name}' beside 'trace'", "a trace says how long its machines lived, and nobody moves");
                return false;
            }
        }
        return true;
    }

    /// <summary>A law needs both.</summary>
    public static bool HasLife(Fields fields, Key<SimTime> every, Key<SimTime> life, Diagnostics diagnostics)
    {
        if (!fields.Given(life))
        {
            diagnostics.Report(fields.PlaceOf(every), "'every' without 'life'", "how long an endpoint is there in the mean");
        }
        return fields.Given(life);
    }

    /// <summary>All that happens in a time; null after something was reported.</summary>
    /// <param name="pool">Endpoints there can be at once.</param>
    /// <param name="limit">Changes at most; 0: as many as a study can have.</param>
    public static Func<ulong, IEnumerable<ChurnEvent>>? Of(Fields fields, int droplets, int pool, SimTime end, int limit, IInputFiles inputs, Diagnostics diagnostics)
    {
        string file = fields.Get(File);
        ImmutableArray<TracedLife> lives;
        try
        {
            lives = inputs.Lives(file);
        }
        catch (InputException wrong)
        {
            diagnostics.Report(fields.PlaceOf(File), $"{file}: {wrong.Message}", wrong.Mend);
            return null;
        }
        ChurnTrace trace = new(lives, droplets) { Speed = fields.Get(Speed), FromDays = fields.Get(From) };
        (int changes, int most, limit) = (0, 0, limit == 0 ? MostChanges : limit);
        foreach (TracedChurn change in trace.Until(end, seed: 0))
        {
            most = Math.Max(most, change.Event.Endpoint + 1);
            if (++changes > limit)
            {
                diagnostics.Report(fields.PlaceOf(File), string.Create(CultureInfo.InvariantCulture, $"{file}: more than {limit} changes in this time"), "a smaller speed, or a shorter run");
                return null;
            }
        }
        if (most > pool)
        {
            diagnostics.Report(
                fields.PlaceOf(File), string.Create(CultureInfo.InvariantCulture, $"{file}: {most} machines are there at once, and {pool} endpoints"), "more endpoints, a shorter run, or another 'from'");
            return null;
        }
        if (changes == 0)
        {
            diagnostics.Report(fields.PlaceOf(File), $"{file}: nothing changes in this time", "a greater speed, or another 'from'");
            return null;
        }
        return seed => trace.Until(end, seed).Select(change => change.Event);
    }
}
