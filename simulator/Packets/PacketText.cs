using System.Text;
using MizarLab.Packets.Layers;

namespace MizarLab.Packets;

/// <summary>
/// The one text form of a frame: layers from the outside in, separated by <c>/</c>; a layer is a word and fields
/// <c>name=value</c>. <c>Parse(Format(x))</c> is <c>x</c> for every byte string there is. The handbook's page is docs/packet-text.md.
/// </summary>
/// <remarks>
/// <code>
/// eth dst=02:00:00:00:00:02 src=02:00:00:00:00:01 / ipv4 ttl=64 src=10.0.0.2 dst=10.0.0.3 id=0x1234 / udp sport=4000 dport=53 / text "hello"
/// </code>
/// A field that is left out has its default: 0, a usual constant (TTL 64), or what follows from the rest: EtherTypes, protocols,
/// lengths, checksums. <see cref="Format"/> leaves out only fields that have just that value, so a wrong checksum or length is always
/// written. Bytes that mean nothing are <c>hex</c>, <c>text</c> or <c>zeros</c>; <c>trailer</c> holds the bytes behind the end of
/// an IPv4 datagram or ARP packet. A header never says more than its bytes: text names layers, it does not guess them.
/// </remarks>
public static class PacketText
{
    /// <summary>The frame in text, on one line.</summary>
    public static string Format(ReadOnlySpan<byte> frame)
    {
        Layer[] layers = Dissector.Dissect(frame);
        if (layers.Length == 0)
        {
            return PayloadText.HexWord;
        }
        var text = new StringBuilder();
        for (int i = 0; i < layers.Length; i++)
        {
            text.Append(i == 0 ? "" : " / ");
            var context = new LayerContext(frame, layers, i);
            if (layers[i].Protocol is BytesProtocol bytes)
            {
                AppendBytes(text, bytes, context.Header);
            }
            else
            {
                AppendHeader(text, context);
            }
        }
        return text.ToString();
    }

    /// <summary>The bytes of a frame in text.</summary>
    /// <exception cref="PacketTextException">The text is not a packet; says where and what was probably meant.</exception>
    public static byte[] Parse(string text) => new PacketTextReader(text).Read().ToBytes();

    private static void AppendBytes(StringBuilder text, BytesProtocol protocol, ReadOnlySpan<byte> bytes)
    {
        if (protocol == Protocols.Payload)
        {
            text.Append(PayloadText.Format(bytes, textAllowed: true));
            return;
        }
        text.Append(protocol.Name);
        if (bytes.Length > 0)
        {
            text.Append(' ').Append(PayloadText.Format(bytes, textAllowed: false));
        }
    }

    private static void AppendHeader(StringBuilder text, in LayerContext context)
    {
        Protocol protocol = context.Layer.Protocol;
        text.Append(protocol.Name);
        foreach (HeaderField field in protocol.Fields)
        {
            if (!Protocol.Has(context.Header, field))
            {
                continue;
            }
            ulong value = field.Read(context.Header);
            if (field.Always || value != field.Expected(context))
            {
                text.Append(' ').Append(field.Name).Append('=').Append(field.Form.Format(value, field.Width));
            }
        }
        if (protocol.Options is { } form && context.Layer.Length > protocol.FixedLength)
        {
            text.Append(' ').Append(form.Name).Append('=').Append(form.Format(context.Header[protocol.FixedLength..].ToArray()));
        }
    }
}
