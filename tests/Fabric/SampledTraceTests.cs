using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Fabric;

public sealed class SampledTraceTests
{
    private static readonly RelaySetup Setup = new(FabricShape.LeafSpine(4, 2), 32) { Sample = new Sampling(40, SampledUnit.Flow) };

    [Theory]
    [InlineData("1/1000", 1_000, SampledUnit.Flow)]
    [InlineData("1/7 flows", 7, SampledUnit.Flow)]
    [InlineData(" 1/20  packets", 20, SampledUnit.Packet)]
    public void A_sample_is_read(string text, long oneIn, SampledUnit unit)
    {
        Assert.True(Sampling.TryParse(text, out Sampling sampling));
        Assert.Equal(new Sampling(oneIn, unit), sampling);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1000")]
    [InlineData("1/0")]
    [InlineData("2/1000")]
    [InlineData("1/-5")]
    [InlineData("1/9 bytes")]
    [InlineData(null)]
    public void What_is_no_sample_is_refused(string? text) => Assert.False(Sampling.TryParse(text, out _));

    [Fact]
    public void A_trace_is_the_same_whatever_the_partitions_and_changes_no_run()
    {
        byte[] alone = Capture(Run(Setup));
        Assert.Equal(alone, Capture(Run(Setup with { Partitions = 2 }, threads: 1)));
        Assert.Equal(alone, Capture(Run(Setup with { Partitions = 4 }, threads: 2)));
        Assert.NotEqual(alone, Capture(Run(Setup with { Sample = new Sampling(40, SampledUnit.Flow, Seed: 2) })));
        Assert.Equal(Run(Setup with { Sample = null }).Fingerprint, Run(Setup).Fingerprint);
    }

    /// <summary>Every sampled packet is there at every place of its way, its payload real, and nobody else is.</summary>
    [Theory]
    [InlineData(SampledUnit.Flow)]
    [InlineData(SampledUnit.Packet)]
    public void Sampled_packets_are_whole(SampledUnit unit)
    {
        RelayNetwork network = Run(Setup with { Sample = new Sampling(40, unit) });
        SampledTrace trace = network.TakeTrace();
        double share = trace.Packets / (double)network.Totals.Sent;
        Assert.InRange(share, 0.3 / 40, 3.0 / 40);
        PcapngPacket[] seen = [.. new PcapngReader(new MemoryStream(Capture(network))).ReadAll()];
        Assert.Equal(trace.Count, seen.Length);
        Assert.True(seen.Zip(seen.Skip(1)).All(pair => pair.First.Nanoseconds <= pair.Second.Nanoseconds), "not in order of time");
        PcapngPacket[] sent = [.. seen.Where(packet => packet.Comment!.StartsWith("sent", StringComparison.Ordinal))];
        PcapngPacket[] received = [.. seen.Where(packet => packet.Comment == "received")];
        Assert.Equal(trace.Packets, sent.Length);
        // But for what is on its way at the end, each is received; what comes by the wire transit has.
        Assert.InRange(sent.Length - received.Length, 0, sent.Length / 10);
        Assert.InRange(seen.Count(packet => packet.Comment == "REDIRECT Delivered") - received.Length, 0, 1);
        Assert.Equal(seen.Count(packet => packet.Comment == "in"), seen.Count(packet => packet.Interface.Name.EndsWith(" transit", StringComparison.Ordinal)));
        Assert.InRange(seen.Count(packet => packet.Comment == "in"), received.Length * 3 / 2, seen.Count(packet => packet.Comment == "out"));
        byte[] payload = new byte[RelayWorkload.PayloadBytes];
        VirtualPayload.Write(1, payload);
        Assert.All(sent.Concat(received), packet => Assert.Equal(payload, packet.Bytes[^payload.Length..]));
        Assert.All(seen.Where(packet => packet.Interface.Name.EndsWith(" nic", StringComparison.Ordinal)), packet => Assert.Equal(network.FrameBytes, packet.Bytes.Length));
    }

    /// <summary>A full trace is the beginning of the whole one, up to one time, whatever the partitions; and what is left out is counted and told.</summary>
    [Theory]
    [InlineData(20_000)]
    [InlineData(100_001)]
    [InlineData(1)]
    public void A_trace_ends_where_it_is_full_and_says_so(long bytes)
    {
        RelayNetwork network = Run(Setup);
        SampledTrace whole = network.TakeTrace();
        Assert.Equal((0, null), (whole.LeftOut, whole.Shortfall));
        PcapngPacket[] all = [.. new PcapngReader(new MemoryStream(Capture(network))).ReadAll()];
        RelaySetup limited = Setup with { SampleBytes = bytes };
        byte[] alone = Capture(Run(limited));
        Assert.Equal(alone, Capture(Run(limited with { Partitions = 2 }, threads: 1)));
        Assert.Equal(alone, Capture(Run(limited with { Partitions = 4 }, threads: 2)));

        SampledTrace short_ = Run(limited with { Partitions = 4 }, threads: 2).TakeTrace();
        PcapngPacket[] kept = [.. new PcapngReader(new MemoryStream(alone)).ReadAll()];
        Assert.Equal(all.Take(kept.Length).Select(packet => (packet.Nanoseconds, packet.Comment, packet.Interface.Name)), kept.Select(packet => (packet.Nanoseconds, packet.Comment, packet.Interface.Name)));
        long held = kept.Sum(packet => packet.Bytes.Length + 64L);
        Assert.InRange(held, Math.Max(0, bytes - 1_300), bytes);
        Assert.True(held + all[kept.Length].Bytes.Length + 64 > bytes, "one more would have fitted");
        Assert.Equal((all.Length - kept.Length, all[kept.Length].Nanoseconds), (short_.LeftOut, short_.Ends.Nanoseconds));
        Assert.Equal($"the trace ends at {short_.Ends}: {all.Length - kept.Length} of {all.Length} sightings do not fit its limit of {bytes} bytes", short_.Shortfall);
        Assert.Contains(short_.Shortfall!, System.Text.Encoding.UTF8.GetString(alone), StringComparison.Ordinal);
        Assert.Equal(Run(Setup).Fingerprint, Run(limited).Fingerprint);
    }

    /// <summary>Once the trace is full, partitions keep no more than what each sees within one window after it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_full_trace_takes_no_more_memory(int partitions)
    {
        const long Limit = 20_000;
        long whole = Run(Setup).TakeTrace().HeldBytes;
        SampledTrace cut = Run(Setup with { SampleBytes = Limit, Partitions = partitions }).TakeTrace();
        Assert.InRange(cut.HeldBytes, Limit, Limit * 3);
        Assert.True(whole > cut.HeldBytes * 5, $"{whole} bytes are in the whole trace, {cut.HeldBytes} were held for one of {Limit}");
    }

    [Fact]
    public void Bare_frames_cannot_be_traced() => Assert.Throws<ArgumentException>(() => RelayNetwork.Bare(Setup));

    private static byte[] Capture(RelayNetwork network)
    {
        using MemoryStream stream = new();
        network.TakeTrace().Write(stream);
        return stream.ToArray();
    }

    private static RelayNetwork Run(RelaySetup setup, int threads = 1)
    {
        GeneratedPlan plan = new(new GeneratedTopology(new GeneratedShape(setup.Droplets, setup.Droplets * 20) { EndpointsPerNetwork = 160, BouncersPerNetwork = 8 }), DataPlaneSettings.Lab);
        ModelDataPlane model = plan.Build();
        RelayPolicies.Write(model, plan, bothWays: false);
        RelayNetwork network = RelayNetwork.OnDataPlane(setup, plan, model, bothWays: false);
        network.RunFor(SimTime.FromMicroseconds(300), threads, CancellationToken.None);
        return network;
    }
}
