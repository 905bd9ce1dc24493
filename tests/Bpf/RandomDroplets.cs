using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// Random droplets and frames that have to do with each other. Frames are those of the golden vectors, mutated: fields set to addresses of a
/// small world, bytes flipped, ends cut off. Rows are drawn from the same small world, so that lookups hit about as often as they miss.
/// </summary>
internal sealed partial class RandomDroplets(int seed)
{
    public const int Ports = 6;

    private static readonly Lazy<(ProgramId Program, byte[] Frame)[]> Seeds = new(LoadSeeds);
    private static readonly ulong[] Vnis = [0, 3, 3, 3, 3, 3, 3, 5, 5, 0xFF_FFFF];
    private static readonly DropletId Droplet = new(0);

    private readonly Random random = new(seed);

    /// <summary>Writes a droplet into every one of the data planes.</summary>
    public void Write(ReadOnlySpan<IDataPlane> planes)
    {
        Both both = new(planes.ToArray());
        InterfaceConfig own = new(Chance(9, 10) ? 0 : random.Next(-1, 130), Host(), HostMac());
        if (Chance(19, 20))
        {
            both.Put(Tables.Interface, 0, own);
        }
        for (int slot = 0; slot < Ports; slot++)
        {
            if (Chance(4, 5))
            {
                both.Put(Tables.Slots, slot, new PortId(slot));
            }
        }
        if (Chance(14, 15))
        {
            both.Put(Tables.AgentSlots, 0, PortId.Nic);
        }
        for (int host = 0; host < 8; host++)
        {
            if (Chance(5, 6))
            {
                both.Put(Tables.Endpoints, new EndpointKey(Vni.Substrate, HostAt(host)), new EndpointValue(EndpointType.Substrate, default, -1, HostMac()));
            }
        }
        for (int i = random.Next(16); i > 0; i--)
        {
            both.Put(Tables.Endpoints, Key(), new EndpointValue(Type(), List(), Slot(), Mac()) { HasIngressPolicy = Chance(1, 2), HasEgressPolicy = Chance(1, 2) });
        }
        for (int i = random.Next(4); i > 0; i--)
        {
            Ipv4Prefix prefix = new(Chance(1, 8) ? Ipv4Address.Any : Inner(), random.Next(5) switch { 0 => 0, 1 => 32, 2 => 16, 3 => random.Next(33), _ => 24 });
            both.Put(Tables.Networks, new NetworkKey(AnyVni(), prefix), List());
        }
        for (int i = random.Next(4); i > 0; i--)
        {
            both.Put(Tables.Vpcs, AnyVni(), List());
        }
        for (int i = random.Next(5); i > 0; i--)
        {
            both.Put(Tables.DirectPath, Key(), new HostAddress(Host(), HostMac()));
        }
        for (int agent = 1; agent < 4; agent++)
        {
            if (Chance(5, 6))
            {
                AddressList bouncers = Chance(1, 4) ? new AddressList(own.Address) : List();
                both.Put(Tables.Agents, new AgentId(agent), new AgentConfig(Chance(4, 5) ? own.Address : Host(), own.Mac, Key(), bouncers)
                {
                    HasEgressPolicy = Chance(1, 2),
                    HasIngressPolicy = Chance(1, 2),
                    PodLabel = (uint)random.Next(4),
                    NamespaceLabel = (uint)random.Next(4),
                });
            }
            for (int host = 0; host < 8; host++)
            {
                if (Chance(3, 4))
                {
                    both.Put(Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(agent), new EndpointKey(Vni.Substrate, HostAt(host))), HostMac());
                }
            }
        }
        WritePolicy(both);
        WriteConnections(both, LabClock.Ticks(planes[0].Now));
    }

    /// <summary>Lets some time pass, and sometimes policy change.</summary>
    public void GoOn(ReadOnlySpan<IDataPlane> planes)
    {
        SimTime step = random.Next(4) switch { 0 => SimTime.FromSeconds(random.Next(100)), 1 => SimTime.FromMilliseconds(random.Next(1000)), _ => SimTime.Zero };
        foreach (IDataPlane plane in planes)
        {
            plane.Now += step;
        }
        if (Chance(1, 8))
        {
            WritePolicy(new Both(planes.ToArray()));
        }
    }

    /// <summary>A frame, and the program it is for: at least 14 bytes, for a test run takes no fewer.</summary>
    public (ProgramId Program, AgentId Agent, byte[] Frame) Frame(IDataPlane plane)
    {
        (ProgramId program, byte[] seed) = Seeds.Value[random.Next(Seeds.Value.Length)];
        byte[] frame = [.. seed];
        if (program == ProgramId.Agent)
        {
            AimInner(frame);
        }
        else
        {
            AimOuter(frame, plane);
            AimLabels(frame);
            AimInner(frame.AsSpan(Math.Min(frame.Length, 114)));
        }
        for (int i = random.Next(6) - 2; i > 0; i--)
        {
            frame[random.Next(Math.Min(frame.Length, 170))] = (byte)random.Next(256);
        }
        if (Chance(1, 6))
        {
            frame = frame[..random.Next(14, frame.Length + 1)];
        }
        return (program, new AgentId(random.Next(1, 5)), frame);
    }

    /// <summary>Mostly to this droplet; a VNI, a TTL near its end, a TOS, an option length out of the ordinary.</summary>
    private void AimOuter(Span<byte> frame, IDataPlane plane)
    {
        if (frame.Length < 114)
        {
            return;
        }
        IReadOnlyList<KeyValuePair<int, InterfaceConfig>> own = plane.Rows(Droplet, Tables.Interface);
        if (Chance(14, 15))
        {
            (own.Count > 0 ? own[0].Value.Address : Ipv4Address.Any).Write(frame[30..]);
            if (own.Count > 0 && Chance(3, 4))
            {
                own[0].Value.Mac.Write(frame);
            }
        }
        if (Chance(3, 4))
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame[46..], AnyVni().OnWire << 8 | frame[49]);
        }
        if (Chance(1, 4))
        {
            frame[22] = (byte)random.Next(4);
        }
        else if (frame[22] == 0)
        {
            frame[22] = 64;
        }
        if (Chance(1, 8))
        {
            frame[15] = (byte)random.Next(256);
        }
        if (Chance(1, 8))
        {
            frame[42] = (byte)random.Next(256);
        }
        if (Chance(1, 8))
        {
            frame[52] = Chance(1, 2) ? (byte)0x48 : (byte)0;
        }
    }

    private void AimInner(Span<byte> frame)
    {
        if (frame.Length < 42)
        {
            return;
        }
        if (Chance(1, 20))
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame[12..], Chance(1, 2) ? (ushort)0x0806 : (ushort)random.Next(65536));
        }
        bool arp = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x0806;
        Inner().Write(frame[(arp ? 28 : 26)..]);
        Inner().Write(frame[(arp ? 38 : 30)..]);
        if (!arp && Chance(2, 3))
        {
            AimTransport(frame[14..]);
        }
        else if (!arp && Chance(1, 2))
        {
            frame[23] = random.Next(5) switch { 0 => (byte)6, 1 => (byte)17, 2 => (byte)132, 3 => (byte)random.Next(256), _ => (byte)1 };
        }
        if (arp && Chance(1, 4))
        {
            frame[21] = (byte)random.Next(1, 4);
        }
    }

    private bool Chance(int part, int whole) => random.Next(whole) < part;

    private static Ipv4Address HostAt(int host) => new(0xAC110000u + 11 + (uint)host);

    private Ipv4Address Host() => HostAt(random.Next(9));

    private Ipv4Address Inner() => Chance(1, 20) ? new Ipv4Address((uint)random.NextInt64(1L << 32)) : new Ipv4Address(0x0A000000u + ((uint)random.Next(2) << 8) + (uint)random.Next(1, 6));

    private MacAddress Mac() => new((ulong)random.NextInt64(1L << 48));

    private MacAddress HostMac() => new(0x0242AC110000u + (uint)random.Next(8));

    private Vni AnyVni() => new(Vnis[random.Next(Vnis.Length)]);

    private EndpointKey Key() => new(AnyVni(), Inner());

    private EndpointType Type() => random.Next(8) switch { 0 => EndpointType.Substrate, 1 => EndpointType.Scaled, 2 or 3 => EndpointType.Gateway, _ => EndpointType.Simple };

    private int Slot() => random.Next(4) switch { 0 => random.Next(Ports), 1 => Chance(1, 4) ? random.Next(-3, 300) : -1, _ => -1 };

    private AddressList List()
    {
        Ipv4Address[] all = new Ipv4Address[random.Next(8) switch { 0 => 0, 1 => 128, _ => random.Next(1, 5) }];
        foreach (ref Ipv4Address address in all.AsSpan())
        {
            address = Host();
        }
        return new AddressList(all);
    }

    private static (ProgramId, byte[])[] LoadSeeds()
    {
        string folder = Path.Combine(Repository.Root, "tests", "Conformance", "Vectors");
        using FileStream plain = File.OpenRead(Path.Combine(folder, "upstream.json"));
        using FileStream packed = File.OpenRead(Path.Combine(folder, "upstream-random.json.gz"));
        using GZipStream unpacked = new(packed, CompressionMode.Decompress);
        return [.. Read(plain), .. Read(unpacked)];

        static List<(ProgramId, byte[])> Read(Stream json)
        {
            using JsonDocument document = JsonDocument.Parse(json);
            List<(ProgramId, byte[])> frames = [];
            foreach (JsonElement vector in document.RootElement.EnumerateArray())
            {
                ProgramId program = vector.GetProperty("program").GetString() == "_agent" ? ProgramId.Agent : ProgramId.Transit;
                frames.Add((program, Convert.FromHexString(vector.GetProperty("in_hex").GetString()!)));
            }
            return frames;
        }
    }

    private readonly struct Both(IDataPlane[] planes)
    {
        public void Put<TKey, TValue>(Table<TKey, TValue> table, TKey key, TValue value)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
            foreach (IDataPlane plane in planes)
            {
                plane.Put(Droplet, table, key, value);
            }
        }

        public void Delete<TKey, TValue>(Table<TKey, TValue> table, TKey key)
            where TKey : struct, IEquatable<TKey>
            where TValue : struct
        {
            foreach (IDataPlane plane in planes)
            {
                plane.Delete(Droplet, table, key);
            }
        }
    }
}
