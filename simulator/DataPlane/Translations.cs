using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The sessions a translator knows. Each is two rows, one a direction, which count only together. It ends as one of a service's NAT does, always and not by a switch: at
/// a RST at once, when idle too long, and a SYN where both sides have sent their FIN begins another.
/// </summary>
internal static class Translations
{
    /// <summary>How many ports are tried before there is said to be none left: the programs' loop ends there.</summary>
    public const int Tries = 64;

    /// <summary>What a packet of a known session becomes; the session is followed by it.</summary>
    public static bool TryUse(DropletTables tables, in TranslationKey key, byte tcpFlags, out FlowKey becomes)
    {
        bool found = Follows(tables, in key, tcpFlags, out becomes);
        tables.Counters?.Asked(CacheTable.Translations, found);
        return found;
    }

    private static bool Follows(DropletTables tables, in TranslationKey key, byte tcpFlags, out FlowKey becomes)
    {
        if (!TryFind(tables, in key, out becomes))
        {
            return false;
        }
        TranslationKey twin = TwinOf(in key, in becomes), outbound = key.IsInbound ? twin : key;
        tables.Translations.TryUse(in outbound, out TranslationValue value);
        bool tcp = key.Flow.Protocol == IpProtocol.Tcp;
        if (tcp && NatLife.BeginsAnew(tcpFlags, value.State))
        {
            Remove(tables, in key, in twin);
            return false;
        }
        if (tcp && (tcpFlags & TcpBits.Rst) != 0)
        {
            Remove(tables, in key, in twin);
            return true;
        }
        TranslationValue followed = value with { State = value.State | Says(in key, tcpFlags), Seen = tables.Now };
        if (followed.State == value.State)
        {
            DropletTables.Renew(tables.Translations, in outbound, in followed);
        }
        else
        {
            tables.Learn(Tables.Translations, tables.Translations, in outbound, in followed);
        }
        return true;
    }

    /// <summary>
    /// What a packet becomes whose session is known. What is left of one that has ended idle, or whose twin is gone, is removed.
    /// </summary>
    public static bool TryFind(DropletTables tables, in TranslationKey key, out FlowKey becomes)
    {
        becomes = default;
        if (!tables.Translations.TryUse(in key, out TranslationValue value))
        {
            return false;
        }
        becomes = new FlowKey(value.Source, value.Destination, value.SourcePort, value.DestinationPort, key.Flow.Protocol);
        TranslationKey twin = TwinOf(in key, in becomes);
        if (!tables.Translations.TryUse(in twin, out TranslationValue other)
            || new FlowKey(other.Source, other.Destination, other.SourcePort, other.DestinationPort, key.Flow.Protocol) != key.Flow.Reversed)
        {
            tables.Forget(Tables.Translations, tables.Translations, in key);
            return false;
        }
        TranslationValue outbound = key.IsInbound ? other : value;
        if (!NatLife.IsRecent(tables, key.Flow.Protocol, outbound.State, outbound.Seen))
        {
            Remove(tables, in key, in twin);
            return false;
        }
        return true;
    }

    /// <summary>
    /// A new session from inside: a port by its endpoint's address and port, so that mostly one socket is one port outside whoever it talks to, or the next that no
    /// session with this peer has.
    /// </summary>
    public static bool TryOpen(DropletTables tables, in Translator translator, in TranslationKey key, byte tcpFlags, out FlowKey becomes)
    {
        FlowKey flow = key.Flow;
        becomes = default;
        int ports = translator.LastPort - translator.FirstPort + 1;
        if (ports <= 0 || IsReset(in key, tcpFlags))
        {
            return false;
        }
        uint hash = MizarHash.OfWords(flow.Source.WireWord, (uint)flow.SourcePort << 16 | (byte)flow.Protocol);
        for (uint i = 0; i < Math.Min(ports, Tries); i++)
        {
            ushort port = (ushort)(translator.FirstPort + unchecked(hash + i) % (uint)ports);
            becomes = flow with { Source = translator.Address, SourcePort = port };
            TranslationKey twin = TwinOf(in key, in becomes);
            if (!tables.PortForwards.Contains(new PortForwardKey(new EndpointKey(key.Vni, translator.Address), port, flow.Protocol))
                && !TryFind(tables, in twin, out _))
            {
                Write(tables, in key, in becomes, in twin, tcpFlags);
                return true;
            }
        }
        return false;
    }

    /// <summary>A new session from outside, to an endpoint that is to be reached.</summary>
    /// <param name="taken">What the endpoint's answers would be is a session already, of its own making.</param>
    public static bool TryAccept(DropletTables tables, in TranslationKey key, byte tcpFlags, out FlowKey becomes, out bool taken)
    {
        FlowKey flow = key.Flow;
        (becomes, taken) = (default, false);
        PortForwardKey at = new(new EndpointKey(key.Vni, flow.Destination), flow.DestinationPort, flow.Protocol);
        if (IsReset(in key, tcpFlags) || !tables.PortForwards.TryGet(in at, out PortForward target))
        {
            return false;
        }
        becomes = flow with { Destination = target.Address, DestinationPort = target.Port };
        TranslationKey twin = TwinOf(in key, in becomes);
        taken = TryFind(tables, in twin, out _);
        if (taken)
        {
            return false;
        }
        Write(tables, in key, in becomes, in twin, tcpFlags);
        return true;
    }

    private static void Write(DropletTables tables, in TranslationKey key, in FlowKey becomes, in TranslationKey twin, byte tcpFlags)
    {
        TranslationValue own = Becomes(in becomes), others = Becomes(key.Flow.Reversed);
        NatState says = Says(in key, tcpFlags);
        if (key.IsInbound)
        {
            others = others with { State = says, Seen = tables.Now };
        }
        else
        {
            own = own with { State = says, Seen = tables.Now };
        }
        tables.Learn(Tables.Translations, tables.Translations, in key, in own);
        tables.Learn(Tables.Translations, tables.Translations, in twin, in others);
    }

    private static TranslationValue Becomes(in FlowKey flow) => new(flow.Source, flow.Destination, flow.SourcePort, flow.DestinationPort);

    private static void Remove(DropletTables tables, in TranslationKey key, in TranslationKey twin)
    {
        tables.Forget(Tables.Translations, tables.Translations, in key);
        tables.Forget(Tables.Translations, tables.Translations, in twin);
    }

    private static TranslationKey TwinOf(in TranslationKey key, in FlowKey becomes) => new(key.Vni, becomes.Reversed, !key.IsInbound);

    private static bool IsReset(in TranslationKey key, byte tcpFlags) => key.Flow.Protocol == IpProtocol.Tcp && (tcpFlags & TcpBits.Rst) != 0;

    private static NatState Says(in TranslationKey key, byte tcpFlags) => NatLife.Says(key.Flow.Protocol, tcpFlags, !key.IsInbound);
}
