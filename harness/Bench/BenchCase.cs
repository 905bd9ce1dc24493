using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Bench;

/// <summary>What a row is to reach (issue of the data plane's speed), as a limit on one of its figures.</summary>
/// <param name="Limit">At most this.</param>
/// <param name="Above">The row whose figure is taken off first; null: none.</param>
internal sealed record BenchGoal(BenchGoalUnit Unit, double Limit, string? Above = null);

internal enum BenchGoalUnit
{
    /// <summary>Multiples of a warm lookup.</summary>
    Lookups,

    Nanoseconds,

    /// <summary>Multiples of what a bare lookup adds over the same rotation.</summary>
    BareRotation,
}

/// <summary>One row: a frame that arrives at a program, in a state of its droplet.</summary>
/// <param name="Name">Begins with the role: bouncer, divider, host, agent, scaled, modify.</param>
/// <param name="Droplet">Of <see cref="BenchWorld"/>: the one whose program is timed.</param>
/// <param name="Expected">The reason of the program's answer.</param>
/// <param name="Frame">The frame as it arrives there, made in a model of the whole world.</param>
internal sealed record BenchCase(string Name, Dialect Dialect, DropletId Droplet, ProgramId Program, Reason Expected, Func<ModelDataPlane, byte[]> Frame)
{
    /// <summary>Rows beside those of <see cref="BenchWorld.Write"/>.</summary>
    public Action<ITableWriter>? State { get; init; }

    /// <summary>The row that is deleted before each iteration.</summary>
    public BenchForget? Forget { get; init; }

    /// <summary>Endpoints the frame's inner destination rotates over; 0: it stays.</summary>
    public int Rotation { get; init; }

    /// <summary>What upstream's program takes for it, in ns (spec 11).</summary>
    public double? Upstream { get; init; }

    public BenchGoal? Goal { get; init; }
}

/// <summary>A learned row that is deleted before each iteration.</summary>
/// <param name="Table">enum changed_table of bpf/trace.h.</param>
/// <param name="Key">As it is in the map.</param>
/// <param name="Delete">Deletes the row from a data plane's droplet.</param>
internal sealed record BenchForget(byte Table, byte[] Key, Action<ITableWriter, DropletId> Delete)
{
    public static BenchForget DirectPath(Vni vni, Ipv4Address endpoint)
    {
        byte[] key = new byte[12];
        BitConverter.TryWriteBytes(key, vni.Value);
        endpoint.Write(key.AsSpan(8));
        return new BenchForget(0, key, (writer, droplet) => writer.Delete(droplet, Tables.DirectPath, new EndpointKey(vni, endpoint)));
    }

    /// <summary>How a client's host translates a flow to a service, in both directions.</summary>
    /// <param name="vni">Of the key; 0 in the dialect <c>mizar</c>.</param>
    /// <param name="flow">The client's.</param>
    /// <param name="answers">The backend's.</param>
    public static BenchForget Translation(Vni vni, FlowKey flow, FlowKey answers)
    {
        const byte forwardNat = 1;
        byte[] key = new byte[24];
        BitConverter.TryWriteBytes(key, vni.Value);
        flow.Source.Write(key.AsSpan(8));
        flow.Destination.Write(key.AsSpan(12));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(16), flow.SourcePort);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(18), flow.DestinationPort);
        key[20] = (byte)flow.Protocol;
        return new BenchForget(forwardNat, key, (writer, droplet) =>
        {
            writer.Delete(droplet, Tables.ForwardNat, new NatKey(vni, flow));
            writer.Delete(droplet, Tables.ReverseNat, new NatKey(vni, answers));
        });
    }
}
