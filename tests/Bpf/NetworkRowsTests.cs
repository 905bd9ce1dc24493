using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Bench;
using MizarLab.Harness.Bpf;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// A divider's networks are searched by length, up to four, and beyond by the prefix table (bpf/networks.h). Whatever lengths there are, and while they come and go, the programs find
/// what the model finds: the narrowest.
/// </summary>
public sealed class NetworkRowsTests
{
    private static readonly Ipv4Address[] Destinations =
        [BenchWorld.FarServer, Ipv4Address.Parse("10.1.0.2"), Ipv4Address.Parse("10.1.0.200"), Ipv4Address.Parse("10.1.7.7"), Ipv4Address.Parse("10.9.0.1"), Ipv4Address.Parse("11.0.0.1")];

    private static readonly int[] Lengths = [24, 32, 20, 30, 8, 0, 28, 12];

    private readonly ModelDataPlane model = World();

    [RootFact]
    public void TheNarrowestNetworkIsFoundWhateverLengthsThereAre()
    {
        using BpfDataPlane programs = new(1, "0000004e", new BpfOptions { Settings = DataPlaneSettings.Of(Dialect.Lab) }) { Now = BenchClock.Now };
        Divider alone = new(programs);
        BenchWorld.Write(alone);
        HashSet<Ipv4Address> picked = [];
        Both both = new(model, alone);
        Compare(programs, "as written", picked);
        foreach (int length in Lengths)
        {
            both.Put(Key(length), Network(length));
            Compare(programs, $"with /{length}", picked);
        }
        both.Put(Key(24), Network(24) with { IsGuarded = true });
        Compare(programs, "guarded /24", picked);
        both.Put(Key(24), Network(24));
        foreach (int length in (int[])[32, 8, 28, 24, 12, 20, 0, 30])
        {
            both.Delete(Key(length));
            Compare(programs, $"without /{length}", picked);
        }
        Assert.True(picked.Count > 3, "one answer to everything shows nothing");
    }

    /// <summary>A network about the far server. Who its bouncer is says which it is.</summary>
    private static NetworkValue Network(int length)
    {
        DropletId[] bouncers = [BenchWorld.HostA, BenchWorld.HostB, BenchWorld.Bouncer, BenchWorld.FarBouncer];
        return new NetworkValue(new AddressList(BenchWorld.AddressOf(bouncers[Array.IndexOf(Lengths, length) % bouncers.Length])));
    }

    private static NetworkKey Key(int length) => new(BenchWorld.Vpc, new Ipv4Prefix(BenchWorld.FarServer, length));

    private static ModelDataPlane World()
    {
        ModelDataPlane world = new(BenchWorld.Droplets, DataPlaneSettings.Of(Dialect.Lab)) { Now = BenchClock.Now };
        BenchWorld.Write(world);
        return world;
    }

    private void Compare(BpfDataPlane programs, string when, HashSet<Ipv4Address> picked)
    {
        foreach (Ipv4Address destination in Destinations)
        {
            byte[] sent = BenchFrames.Udp(BenchWorld.Client, destination, BenchWorld.MacOf(BenchWorld.Gateway));
            byte[] arriving = BenchFrames.Arriving(World(), BenchWorld.HostA, BenchWorld.Agent, sent, BenchWorld.Divider);
            Frame byModel = Frame.FromBytes(arriving), byPrograms = Frame.FromBytes(arriving);
            ProgramResult expected = model.Run(BenchWorld.Divider, ProgramId.Transit, default, ref byModel);
            ProgramResult actual = programs.Run(new DropletId(0), ProgramId.Transit, default, ref byPrograms);
            Assert.True(expected == actual, $"{when}, to {destination}: the model {expected}, the programs {actual}");
            Assert.True(byModel.ToBytes().AsSpan().SequenceEqual(byPrograms.ToBytes()), $"{when}, to {destination}: the frames differ");
            picked.Add(Ipv4Address.Read(byModel.HeadView[30..]));
        }
    }

    /// <summary>What is the divider's alone.</summary>
    private sealed class Divider(BpfDataPlane programs) : ITableWriter
    {
        public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
            if (droplet == BenchWorld.Divider)
            {
                programs.Put(new DropletId(0), table, key, value);
            }
        }

        public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
            if (droplet == BenchWorld.Divider)
            {
                programs.Delete(new DropletId(0), table, key);
            }
        }
    }

    private sealed class Both(ModelDataPlane model, Divider programs)
    {
        public void Put(NetworkKey key, NetworkValue value)
        {
            model.Put(BenchWorld.Divider, Tables.Networks, key, value);
            programs.Put(BenchWorld.Divider, Tables.Networks, key, value);
        }

        public void Delete(NetworkKey key)
        {
            model.Delete(BenchWorld.Divider, Tables.Networks, key);
            programs.Delete(BenchWorld.Divider, Tables.Networks, key);
        }
    }
}
