using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using static MizarLab.Tests.Live.LiveTopology;

namespace MizarLab.Tests.Live;

[Collection(LiveCollection.Name)]
public sealed class NetnsBackendTests
{
    private static readonly NetnsBackend Backend = new();

    /// <summary>The worked trace of spec §3.14 T2: where every frame goes, one after the other, and what is learned.</summary>
    [RootFact]
    public async Task FirstPingAcrossNetworksVisitsEveryRole()
    {
        string runId = LiveLab.NewRunId();
        BackendRun run = await LiveLab.RunAsync(Backend, Plan(Ping("p", A, AddressC, 2)), runId);

        Assert.Equal(0, run.Missed);
        StepOutcome outcome = Assert.Single(run.Outcomes);
        Assert.Equal((2, 2, null), (outcome.Sent, outcome.Arrived, outcome.Trouble));
        Assert.All(outcome.RoundTrips, r => Assert.InRange(r.Nanoseconds, 1_000, 500_000_000));
        (DropletId, Reason)[] way =
        [
            (Left, Reason.ToBouncer), (Switch1, Reason.ToHost), (Left, Reason.Delivered),
            (Left, Reason.ToBouncer), (Switch1, Reason.ToDivider), (Router1, Reason.NetworkToBouncer), (Switch2, Reason.ToHost), (Right, Reason.Delivered),
            (Right, Reason.ToBouncer), (Switch2, Reason.ToHost), (Right, Reason.Delivered),
            (Right, Reason.DirectPath), (Router1, Reason.DirectPath), (Left, Reason.Delivered),
            (Left, Reason.DirectPath), (Router1, Reason.DirectPath), (Right, Reason.Delivered),
            (Right, Reason.DirectPath), (Router1, Reason.DirectPath), (Left, Reason.Delivered),
        ];
        Assert.Equal(way, run.Sightings.Where(s => s.Kind == SightingKind.Program).Select(s => (s.Droplet, s.Reason)));
        // Every frame that left a NIC reached one: as many sightings on one side of the switch as on the other.
        Assert.Equal(14, run.Sightings.Count(s => s.Kind == SightingKind.WireSent));
        Assert.Equal(14, run.Sightings.Count(s => s.Kind == SightingKind.WireReceived));
        Assert.Equal(["3/10.0.20.3 = 172.17.0.15 02:42:ac:11:00:0f"], run.Rows(Left, Tables.DirectPath));
        Assert.Equal(["3/10.0.0.2 = 172.17.0.15 02:42:ac:11:00:0f"], run.Rows(Right, Tables.DirectPath));
        Assert.Empty(LiveLab.TracesOf(runId));
    }

    [RootFact]
    public async Task DatagramsAndStreamsArriveWhole()
    {
        BackendRun run = await LiveLab.RunAsync(
            Backend, Plan(Udp("u", A, AddressB, 5, reply: true), Tcp("t", C, AddressA, 10, 5), Tcp("echo", A, AddressB, 5, 2, reply: true)));

        Assert.Equal(0, run.Missed);
        StepOutcome udp = run.Outcomes[0];
        Assert.Equal((5, 5, 5, 500L, 500L, 500L, true), (udp.Sent, udp.Arrived, udp.Returned, udp.BytesSent, udp.BytesArrived, udp.BytesReturned, udp.Intact));
        Assert.Equal(5, udp.RoundTrips.Length);
        StepOutcome tcp = run.Outcomes[1];
        Assert.Equal((1, 1, -1, 1_000L, 1_000L, -1L, true, null), (tcp.Sent, tcp.Arrived, tcp.Returned, tcp.BytesSent, tcp.BytesArrived, tcp.BytesReturned, tcp.Intact, tcp.Trouble));
        StepOutcome echo = run.Outcomes[2];
        Assert.Equal((1, 1, 1, 500L, 500L, 500L, true, null), (echo.Sent, echo.Arrived, echo.Returned, echo.BytesSent, echo.BytesArrived, echo.BytesReturned, echo.Intact, echo.Trouble));
        // SYN, SYN-ACK, ACK; a segment and its acknowledgement a block; FIN, ACK, FIN, ACK.
        Assert.Equal(3 + (2 * 10) + 4, run.Sightings.Count(s => s.Kind == SightingKind.EndpointSent && TcpPorts(s.FrameIn).Contains((ushort)9001)
            && s.Time >= tcp.Began && s.Time < echo.Began));
    }

    [RootFact]
    public async Task HostEndpointTalksToBothNetworks()
    {
        BackendRun run = await LiveLab.RunAsync(
            Backend, Plan(Ping("near", H, AddressB), Ping("far", H, AddressC), Ping("back", C, AddressH), Tcp("t", C, AddressH, 2, 2), Udp("u", H, AddressA, 2, reply: true)));

        Assert.All(run.Outcomes, o => Assert.Null(o.Trouble));
        Assert.Equal([1, 1, 1, 1, 2], run.Outcomes.Select(o => o.Arrived));
        Assert.NotEqual(0, run.Count(SightingKind.EndpointReceived, H));
    }

    /// <summary>Sent as it is, and seen as it is at every place on its way.</summary>
    [RootFact]
    public async Task CraftedFrameIsSeenEverywhere()
    {
        byte[] frame = EchoRequest(AddressA, AddressB);
        BackendRun run = await LiveLab.RunAsync(Backend, Plan(new FrameStep(A, [.. frame]) { Name = "f", Where = Nowhere }));

        Assert.Equal(1, run.Outcomes[0].Sent);
        Sighting[] way = [.. run.Sightings.Where(s => s.FrameIn.AsSpan().EndsWith(frame.AsSpan(14)))];
        Assert.Equal(
            [
                SightingKind.EndpointSent, SightingKind.Program, SightingKind.WireSent, SightingKind.WireReceived, SightingKind.Program,
                SightingKind.WireSent, SightingKind.WireReceived, SightingKind.Program, SightingKind.EndpointReceived,
            ],
            way.Select(s => s.Kind));
        Assert.Equal([Left, Left, Left, Switch1, Switch1, Switch1, Right, Right, Right], way.Select(s => s.Droplet));
        Assert.Equal(frame, way[0].FrameIn);
        for (int i = 1; i < way.Length; i++)
        {
            Assert.Equal(way[i - 1].FrameOut, way[i].FrameIn);
        }
    }

    /// <summary>A tagged frame is seen with its tag, where the kernel keeps tags beside frames too, and dropped by the agent.</summary>
    [RootFact]
    public async Task TaggedFrameIsSeenWhole()
    {
        byte[] frame = [.. EchoRequest(AddressA, AddressB)];
        byte[] tagged = [.. frame[..12], 0x81, 0x00, 0x20, 0x07, .. frame[12..]];
        BackendRun run = await LiveLab.RunAsync(Backend, Plan(new FrameStep(A, [.. tagged]) { Name = "f", Where = Nowhere }));

        Assert.Equal(
            [(SightingKind.EndpointSent, Reason.None), (SightingKind.Program, Reason.EtherTypeRefused)], run.Sightings.Select(s => (s.Kind, s.Reason)));
        Assert.All(run.Sightings, s => Assert.Equal(tagged, s.FrameIn));
    }

    [RootFact]
    public async Task EndpointsComeGoAndMove()
    {
        string runId = LiveLab.NewRunId();
        BackendRun run = await LiveLab.RunAsync(
            Backend,
            Plan(
                new CreateEndpointStep(Late) { Name = "create", Where = Nowhere },
                Ping("there", B, AddressLate),
                new MoveEndpointStep(Late, Switch2) { Name = "move", Where = Nowhere },
                Ping("from its new place", Late, AddressB),
                Ping("to its new place", C, AddressLate),
                new DeleteEndpointStep(Late) { Name = "delete", Where = Nowhere },
                Ping("gone", C, AddressLate, timeoutMilliseconds: 100),
                Ping("by nobody", Late, AddressB)),
            runId);

        Assert.Equal([0, 1, 0, 1, 1, 0, 0, 0], run.Outcomes.Select(o => o.Arrived));
        Assert.Equal(0, run.Outcomes[7].Sent);
        Assert.NotNull(run.Outcomes[7].Trouble);
        Assert.Contains(run.Sightings, s => s.Kind == SightingKind.EndpointReceived && s.Endpoint == Late && s.Droplet == Left);
        Assert.Contains(run.Sightings, s => s.Kind == SightingKind.EndpointReceived && s.Endpoint == Late && s.Droplet == Switch2);
        Assert.Equal(0, run.Missed);
        Assert.Empty(LiveLab.TracesOf(runId));
    }

    [RootFact]
    public async Task FailedDropletIsSilentUntilItIsBack()
    {
        BackendRun run = await LiveLab.RunAsync(
            Backend,
            Plan(
                Ping("before", A, AddressC),
                new FailDropletStep(Router1) { Name = "fail", Where = Nowhere },
                Ping("while", A, AddressC, timeoutMilliseconds: 100),
                new RestoreDropletStep(Router1) { Name = "restore", Where = Nowhere },
                Ping("after", A, AddressC)));

        Assert.Equal([1, 0, 0, 0, 1], run.Outcomes.Select(o => o.Arrived));
        StepOutcome meanwhile = run.Outcomes[2];
        Assert.DoesNotContain(run.Sightings, s => s.Droplet == Router1 && s.Time >= meanwhile.Began && s.Time <= meanwhile.Ended);
    }

    /// <summary>The stack asks three times, a second apart, also after the ping has given up.</summary>
    [RootFact]
    public async Task NeighbourThatNobodyIsIsAskedForThreeTimes()
    {
        BackendRun run = await LiveLab.RunAsync(Backend, Plan(Ping("p", A, Ipv4Address.Parse("10.0.0.77"), timeoutMilliseconds: 50)));

        Assert.Equal(0, run.Outcomes[0].Arrived);
        Assert.Equal(3, run.Count(SightingKind.EndpointSent, A));
    }

    [RootFact]
    public async Task StreamSurvivesANewBouncerAndDivider()
    {
        BackendRun run = await LiveLab.RunAsync(
            Backend,
            Plan(
                Tcp("stream", C, AddressA, 10, 30, background: true),
                new AddDividerStep(new VpcId(0), Switch2) { Name = "divider", Where = Nowhere, At = SimTime.FromMilliseconds(80) },
                new AddBouncerStep(new NetworkId(0), Right) { Name = "bouncer", Where = Nowhere, At = SimTime.FromMilliseconds(150) }));

        Assert.Equal((1_000L, 1_000L, true, null), (run.Outcomes[0].BytesSent, run.Outcomes[0].BytesArrived, run.Outcomes[0].Intact, run.Outcomes[0].Trouble));
        Assert.True(run.Outcomes[2].Began < run.Outcomes[0].Ended, $"the bouncer came at {run.Outcomes[2].Began}, the stream had ended at {run.Outcomes[0].Ended}");
        Assert.Contains("3 = [172.17.0.15, 172.17.0.14]", run.Rows(Switch1, Tables.Vpcs));
    }

    /// <summary>One underlay link pulled by hand, and the lab says that nothing arrives.</summary>
    [RootFact]
    public async Task PulledLinkIsNoticed()
    {
        string runId = LiveLab.NewRunId();
        Task<BackendRun> running = LiveLab.RunAsync(
            Backend, Plan(Ping("before", A, AddressC), Wait("w", 1_500), Ping("after", A, AddressC, timeoutMilliseconds: 200)), runId);
        string underlay = LabNames.Underlay(runId), port = LabNames.UnderlayPort(runId, Router1.Index);
        // The first ping's request and reply have both crossed the divider when its port has sent two frames.
        await LiveLab.UntilAsync(running, async () => await FramesSentAsync(underlay, port) >= 2);
        await Command.RequireAsync("ip", ["-n", underlay, "link", "set", "dev", port, "down"], null, CancellationToken.None);
        BackendRun run = await running;

        Assert.Equal([1, 0, 0], run.Outcomes.Select(o => o.Arrived));
    }

    /// <summary>While it is built, and in the midst of its timeline.</summary>
    [RootFact]
    public async Task CancelledRunLeavesNothing()
    {
        foreach (int delay in (int[])[0, 100, 1_000])
        {
            await CancelAfterAsync(delay);
        }
    }

    private static async Task CancelAfterAsync(int delay)
    {
        string runId = LiveLab.NewRunId();
        using CancellationTokenSource stop = new();
        Task<BackendRun> running = LiveLab.RunAsync(Backend, Plan(Wait("w", 60_000)), runId, stop.Token);
        await LiveLab.UntilAsync(running, () => Task.FromResult(File.Exists(Path.Combine(NetworkNamespace.Folder, LabNames.Endpoint(runId, B.Index)))));
        await Task.Delay(delay);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(LiveLab.TracesOf(runId));
    }

    private static async Task<long> FramesSentAsync(string underlay, string port)
    {
        Command.Answer answer = await Command.RunAsync("ip", ["-n", underlay, "-s", "-j", "link", "show", "dev", port], null, TimeSpan.FromSeconds(5), CancellationToken.None);
        return answer.ExitCode != 0
            ? 0
            : System.Text.Json.JsonDocument.Parse(answer.Output).RootElement[0].GetProperty("stats64").GetProperty("tx").GetProperty("packets").GetInt64();
    }

    private static byte[] EchoRequest(Ipv4Address from, Ipv4Address to)
    {
        byte[] frame = new byte[14 + 20 + 8 + 32];
        new MacAddress(0x0200_0000_0000ul | to.Value).Write(frame);
        new MacAddress(0x0200_0000_0000ul | from.Value).Write(frame.AsSpan(6));
        byte[] ip = [0x08, 0x00, 0x45, 0, 0, 60, 0x12, 0x34, 0, 0, 64, 1, 0, 0];
        ip.CopyTo(frame, 12);
        from.Write(frame.AsSpan(26));
        to.Write(frame.AsSpan(30));
        frame[34] = 8;
        for (int i = 0; i < 32; i++)
        {
            frame[42 + i] = (byte)(0xA0 + i);
        }
        WriteChecksum(frame.AsSpan(14, 20), 10);
        WriteChecksum(frame.AsSpan(34), 2);
        return frame;
    }

    private static void WriteChecksum(Span<byte> bytes, int at)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8 | bytes[i + 1]);
        }
        sum = (sum & 0xFFFF) + (sum >> 16);
        ushort value = (ushort)~(sum + (sum >> 16));
        (bytes[at], bytes[at + 1]) = ((byte)(value >> 8), (byte)value);
    }

    private static ImmutableArray<ushort> TcpPorts(ReadOnlySpan<byte> frame) =>
        frame.Length >= 54 && frame[12] == 8 && frame[13] == 0 && frame[23] == 6 ? [(ushort)(frame[34] << 8 | frame[35]), (ushort)(frame[36] << 8 | frame[37])] : [];
}
