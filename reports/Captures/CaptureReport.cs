using MizarLab.Measure;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Reports;

/// <summary>
/// What a backend saw as pcapng, for Wireshark and tshark: one interface a place (<c>endpoint a</c>, <c>left agent</c>,
/// <c>switch-1 nic</c>, <c>switch-1 transit</c>), one packet a sighting. At a program's place lies the frame as the program left it,
/// with the verdict and the reason as the packet's comment: <c>frame.interface_name == "switch-1 transit"</c> shows a bouncer's work.
/// </summary>
public static class CaptureReport
{
    /// <summary>Writes one file a scenario and backend that ran, under <c>captures/</c>.</summary>
    /// <returns>The files, relative to <paramref name="folder"/>.</returns>
    /// <param name="run">What was seen.</param>
    /// <param name="folder">The run's.</param>
    /// <param name="sampling">Which frames; null: all.</param>
    public static async Task<IReadOnlyList<string>> WriteAsync(RunResult run, string folder, Sampling? sampling = null)
    {
        List<string> files = [];
        for (int i = 0; i < run.Scenarios.Length; i++)
        {
            Scenario scenario = run.Scenarios[i].Scenario;
            foreach (BackendResult backend in run.Scenarios[i].Backends)
            {
                if (backend.Run is { } seen)
                {
                    string file = FileNames.Capture(i, scenario.Name, backend.Backend);
                    await OutputFile.WriteAsync(Path.Combine(folder, file), stream =>
                    {
                        Write(scenario, seen, stream, sampling);
                        return Task.CompletedTask;
                    });
                    files.Add(file);
                }
            }
        }
        return files;
    }

    /// <summary>Writes one run's capture; leaves the stream open.</summary>
    public static void Write(Scenario scenario, BackendRun run, Stream output, Sampling? sampling = null)
    {
        SampledSightings? sample = sampling is { } asked ? new SampledSightings(scenario, run, asked) : null;
        string taken = sample is null ? "" : $"; sampled: {sampling} by hash, seed {sampling!.Value.Seed}: {sample.Taken} of {sample.Journeys} frames, each at all its places";
        // Flushed, not disposed: disposing would close the caller's stream.
        BufferedStream buffered = new(output, 1 << 16);
        PcapngWriter capture = new(buffered, "MizarLab", $"{scenario.Name} on {run.Traits.Name}; times since the timeline began{taken}");
        Names names = new(scenario);
        Dictionary<(PlaceKind, int), int> interfaces = [];
        // All places first, in the topology's order: the list is the same on every backend and does not depend on who spoke first.
        foreach (((PlaceKind, int) key, string name) in Places(run, names))
        {
            interfaces.Add(key, capture.AddInterface(name));
        }
        foreach (Sighting s in run.Sightings)
        {
            if (sample is not null && !sample.Contains(s))
            {
                continue;
            }
            // Clocks of live observers may put a frame some microseconds before the timeline's beginning, where pcapng has no time.
            capture.Write(interfaces[PlaceOf(s)], Math.Max(0, s.Time.Nanoseconds), s.FrameOut, Comment(s, names));
        }
        buffered.Flush();
    }

    private enum PlaceKind : byte
    {
        Endpoint,
        Agent,
        Transit,
        Nic,
    }

    private static IEnumerable<((PlaceKind, int) Key, string Name)> Places(BackendRun run, Names names) =>
        run.Sightings.Select(PlaceOf).Distinct().OrderBy(p => p.Kind != PlaceKind.Endpoint).ThenBy(p => p.Index).ThenBy(p => p.Kind).Select(p => (p, p.Kind switch
        {
            PlaceKind.Endpoint => $"endpoint {(p.Index < 0 ? "unknown" : names.Of(new EndpointId(p.Index)))}",
            PlaceKind.Agent => $"{names.Of(new DropletId(p.Index))} agent",
            PlaceKind.Transit => $"{names.Of(new DropletId(p.Index))} transit",
            _ => $"{names.Of(new DropletId(p.Index))} nic",
        }));

    private static (PlaceKind Kind, int Index) PlaceOf(Sighting s) => s.Kind switch
    {
        SightingKind.EndpointSent or SightingKind.EndpointReceived => (PlaceKind.Endpoint, s.Endpoint?.Index ?? -1),
        SightingKind.Program => (s.Program == DataPlane.ProgramId.Agent ? PlaceKind.Agent : PlaceKind.Transit, s.Droplet.Index),
        _ => (PlaceKind.Nic, s.Droplet.Index),
    };

    private static string Comment(Sighting s, Names names) => s.Kind switch
    {
        SightingKind.EndpointSent => "sent",
        SightingKind.EndpointReceived => "received",
        SightingKind.WireSent => "out",
        SightingKind.WireReceived => "in",
        _ => $"{s.Verdict.ToString().ToUpperInvariant()} {s.Reason}{(s.Endpoint is { } e ? $", agent of {names.Of(e)}" : "")}{(s.Slot >= 0 ? $", slot {s.Slot}" : "")}",
    };
}
