using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Scenarios.Reading;

/// <summary>Turns the words of a table row into keys and values: names of the topology, or the text form of the value itself.</summary>
/// <param name="on">The droplet whose table it is.</param>
internal sealed class TableNames(Topology topology, ReadContext context, DropletId on)
{
    /// <summary>An endpoint's or a service's name, or <c>3/10.0.0.2</c>.</summary>
    public EndpointKey? Endpoint(string text) =>
        context.Endpoints.Find(text) is var i and >= 0 ? KeyOf(new EndpointId(i))
        : context.Services.Find(text) is var s and >= 0 ? new EndpointKey(topology.VniOf(topology.Services[s].Network), topology.Services[s].Address)
        : RowText.EndpointKey(text);

    /// <summary>An endpoint's or a service's name, or an address.</summary>
    public Ipv4Address? Address(string text) =>
        Endpoint(text) is { } key ? key.Address : Ipv4Address.TryParse(text, out Ipv4Address address) ? address : null;

    /// <summary>A droplet's name, or its underlay address.</summary>
    public Ipv4Address? Droplet(string text) =>
        context.Droplets.Find(text) is var i and >= 0 ? topology.Droplets[i].Address : Ipv4Address.TryParse(text, out Ipv4Address address) ? address : null;

    /// <summary>As <see cref="Endpoint"/>; a droplet's name is its substrate key, unless an endpoint is called so too.</summary>
    public EndpointKey? EndpointOrDroplet(string text) =>
        Endpoint(text) ?? (context.Droplets.Find(text) is var i and >= 0 ? new EndpointKey(Vni.Substrate, topology.Droplets[i].Address) : null);

    /// <summary>A network's name, or <c>3/10.0.0.0/24</c>.</summary>
    public NetworkKey? Network(string text)
    {
        if (context.Networks.Find(text) is var i and >= 0)
        {
            Network network = topology.Networks[i];
            return new NetworkKey(topology[network.Vpc].Vni, network.Cidr);
        }
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && RowText.Vni(text[..slash]) is { } vni && Ipv4Prefix.TryParse(text.AsSpan(slash + 1), out Ipv4Prefix prefix) ? new NetworkKey(vni, prefix) : null;
    }

    /// <summary>A VPC's name, or its VNI.</summary>
    public Vni? Vpc(string text) => context.Vpcs.Find(text) is var i and >= 0 ? topology.Vpcs[i].Vni : RowText.Vni(text);

    /// <summary>A droplet's name, or its address and MAC.</summary>
    public HostAddress? Host(string[] words) => words switch
    {
        [var name] when context.Droplets.Find(name) is var i and >= 0 => new HostAddress(topology.Droplets[i].Address, topology.Droplets[i].Mac),
        [var address, var mac] when Ipv4Address.TryParse(address, out Ipv4Address a) && MacAddress.TryParse(mac, out MacAddress m) => new HostAddress(a, m),
        _ => null,
    };

    /// <summary>A MAC, or the name of the droplet that has it.</summary>
    public MacAddress? Mac(string text) =>
        context.Droplets.Find(text) is var i and >= 0 ? topology.Droplets[i].Mac : MacAddress.TryParse(text, out MacAddress mac) ? mac : null;

    /// <summary><c>[switch-1, 172.17.0.4]</c>: droplets by name or address.</summary>
    public AddressList? Addresses(string text)
    {
        if (text is not ['[', .., ']'])
        {
            return null;
        }
        string[] items = text[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (items.Length > AddressList.Limit)
        {
            return null;
        }
        Ipv4Address[] addresses = new Ipv4Address[items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            if (context.Droplets.Find(items[i]) is var d and >= 0)
            {
                addresses[i] = topology.Droplets[d].Address;
            }
            else if (!Ipv4Address.TryParse(items[i], out addresses[i]))
            {
                return null;
            }
        }
        return new AddressList(addresses);
    }

    /// <summary>In a bouncer's table, <c>c = right</c>: the endpoint by its host elsewhere. Where it is hosted here, the slot is the plan's, and the row is written out.</summary>
    public EndpointValue? Elsewhere(string text, EndpointKey key)
    {
        if (context.Droplets.Find(text) is not (var d and >= 0) || d == on.Index)
        {
            return null;
        }
        foreach (Endpoint endpoint in topology.Endpoints)
        {
            if (new EndpointKey(topology[topology[endpoint.Network].Vpc].Vni, endpoint.Address) == key)
            {
                return new EndpointValue(EndpointType.Simple, new AddressList(topology.Droplets[d].Address), -1, endpoint.Mac);
            }
        }
        return null;
    }

    public void ReportUnreadable(SourcePlace where, string text, string word, string example)
    {
        IEnumerable<string> known = context.Endpoints.All.Concat(context.Droplets.All).Concat(context.Networks.All).Concat(context.Vpcs.All);
        context.Diagnostics.Report(where, text, context.Diagnostics.Suggest(word, known) ?? $"like: {example}");
    }

    private EndpointKey KeyOf(EndpointId endpoint) => new(topology.VniOf(endpoint), topology[endpoint].Address);
}

/// <summary>The parts of rows that need no names.</summary>
internal static class RowText
{
    public static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    public static Vni? Vni(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong vni) ? new Vni(vni) : null;

    public static PortId? Port(string text) =>
        text == "nic" ? PortId.Nic : Words(text) is ["port", var port] && Number(port) is { } number and > 0 ? new PortId(number) : null;

    public static EndpointKey? EndpointKey(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Vni(text[..slash]) is { } vni && Ipv4Address.TryParse(text.AsSpan(slash + 1), out Ipv4Address address) ? new EndpointKey(vni, address) : null;
    }
}
