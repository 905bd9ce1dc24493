using System.Diagnostics;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Observation.Reading;
using MizarLab.Observation;
using MizarLab.Packets;
using MizarLab.Reports;
using MizarLab.Tests.Observation;

namespace MizarLab.Tests.Reports;

public class CaptureReportTests
{
    [Fact]
    public async Task EveryScenarioThatRanHasAFileABackend()
    {
        using TemporaryFolder folder = new();
        IReadOnlyList<string> files = await CaptureReport.WriteAsync(SampleRun.Mixed, folder.Path);
        Assert.Equal(
            [
                "captures/01-two-networks-in-one-vpc-model.pcapng", "captures/01-two-networks-in-one-vpc-bpf.pcapng", "captures/01-two-networks-in-one-vpc-netns.pcapng",
                "captures/02-a-divider-that-forgets-model.pcapng", "captures/02-a-divider-that-forgets-bpf.pcapng",
            ],
            files);
        Assert.All(files, file => Assert.True(File.Exists(folder.File(file)), file));
    }

    [Fact]
    public void EverySightingIsAPacketAtItsPlaceWithTheProgramsWord()
    {
        ScenarioResult result = SampleRun.Failing();
        BackendRun run = result.Backends[0].Run!;
        using MemoryStream stream = new();
        CaptureReport.Write(result.Scenario, run, stream);
        stream.Position = 0;
        PcapngReader reader = new(stream);
        PcapngPacket[] packets = [.. reader.ReadAll()];
        Assert.Equal(
            [
                "endpoint a", "endpoint c", "left agent", "left transit", "left nic", "right agent", "right transit", "right nic",
                "switch-1 transit", "switch-1 nic", "switch-2 transit", "switch-2 nic", "router-1 transit", "router-1 nic",
            ],
            reader.Interfaces.Select(i => i.Name));
        Assert.Equal(run.Sightings.Length, packets.Length);
        Assert.Equal(run.Sightings.Select(s => s.Time.Nanoseconds), packets.Select(p => p.Nanoseconds));
        Assert.Equal(run.Sightings.Select(s => Convert.ToHexString(s.FrameOut)), packets.Select(p => Convert.ToHexString(p.Bytes)));
        PcapngPacket dropped = packets[^1];
        Assert.Equal(("router-1 transit", "DROP EmptyList"), (dropped.Interface.Name, dropped.Comment));
    }

    /// <summary>A sample has whole conversations: every frame at all its places, both directions; and one in one is all.</summary>
    [Fact]
    public void ASampleHasWholeFlows()
    {
        Plan plan = ModelRuns.Load("demo.yaml");
        BackendRun run = ModelRuns.Run(plan);
        SampledSightings all = new(plan.Scenario, run, new Sampling(1, SampledUnit.Flow));
        Assert.All(run.Sightings, sighting => Assert.True(all.Contains(sighting)));
        SampledSightings[] samples = [.. Enumerable.Range(1, 40).Select(seed => new SampledSightings(plan.Scenario, run, new Sampling(3, SampledUnit.Flow, (ulong)seed)))];
        Assert.Contains(samples, sample => sample.Taken > 0 && sample.Taken < sample.Journeys);
        foreach (Journey journey in JourneyBuilder.Build(plan, run))
        {
            FrameConversation talk = FrameConversation.Of(journey);
            foreach (SampledSightings sample in samples)
            {
                bool taken = sample.Contains(journey.Sightings[0]);
                Assert.All(journey.Sightings, sighting => Assert.Equal(taken, sample.Contains(sighting)));
                Assert.All(
                    JourneyBuilder.Build(plan, run).Where(other => FrameConversation.Of(other) == talk).Take(3),
                    other => Assert.Equal(taken, sample.Contains(other.Sightings[0])));
            }
        }
        int packets = new SampledSightings(plan.Scenario, run, new Sampling(4, SampledUnit.Packet)).Taken;
        Assert.InRange(packets, 1, samples[0].Journeys / 2);
    }

    [ToolFact("tshark")]
    public async Task TsharkOpensItAndSeesEveryInterfaceAndPacket()
    {
        using TemporaryFolder folder = new();
        string file = folder.File((await CaptureReport.WriteAsync(SampleRun.Mixed, folder.Path))[0]);
        BackendRun run = SampleRun.Passing().Backends[0].Run!;
        string[] lines = Tshark("-r", file, "-T", "fields", "-e", "frame.interface_name", "-e", "frame.time_epoch", "-e", "frame.comment", "-e", "ip.ttl");
        Assert.Equal(run.Sightings.Length, lines.Length);
        Assert.Equal(14, lines.Select(l => l.Split('\t')[0]).Distinct().Count());
        Assert.Contains(lines, l => l.StartsWith("switch-1 transit\t0.000010420\tREDIRECT ToDivider, slot 0\t63,64", StringComparison.Ordinal));
    }

    private static string[] Tshark(params string[] arguments)
    {
        ProcessStartInfo start = new("tshark") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
