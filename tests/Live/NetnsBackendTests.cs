using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Management;
using MizarLab.Observation;
using static MizarLab.Tests.Live.LiveTopology;

namespace MizarLab.Tests.Live;

[Collection(LiveCollection.Name)]
public sealed class NetnsBackendTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [RootFact]
    public async Task PingAcrossNetworksVisitsEveryRole()
    {
        string runId = LiveLab.NewRunId();
        long began = Environment.TickCount64;
        BackendRun run = await LiveLab.RunAsync(new NetnsBackend(), Plan(Ping("p", A, AddressC, 2)), runId);
        output.WriteLine($"{Environment.TickCount64 - began} ms");
        foreach (Sighting s in run.Sightings)
        {
            output.WriteLine($"{s.Time,12} {s.Kind,-16} d{s.Droplet.Index} e{s.Endpoint?.Index} {(s.Kind == SightingKind.Program ? $"{s.Program} {s.Verdict} {s.Reason} {s.Devmap} {s.Slot} {s.PathTime}" : "")} {s.FrameIn.Length}->{s.FrameOut.Length}");
        }
        output.WriteLine(string.Join("\n", run.Outcomes));
        output.WriteLine(string.Join("\n", run.Tables.SelectMany(t => t.Rows.Select(r => $"{t.Droplet.Index} {t.Table} {r}"))));
        Assert.Equal(0, run.Missed);
        Assert.Equal(2, Assert.Single(run.Outcomes).Arrived);
        Assert.Empty(LiveLab.TracesOf(runId));
    }
}
