using System.Formats.Tar;
using System.Security.Cryptography;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Docker;

/// <summary>
/// The image of a droplet's container, made here and pulled from nowhere: busybox, statically linked, and the folders an engine mounts on. Its tag is the digest of
/// the archive, so the same bytes are imported once.
/// </summary>
public sealed class DropletImage
{
    public const string Repository = "mizarlab-droplet";

    private const string Busybox = "/bin/busybox";
    private const int DigestDigits = 16;

    private static readonly string[] Folders = ["bin", "dev", "etc", "proc", "sys", "tmp"];

    private readonly byte[] archive;

    private DropletImage(byte[] archive)
    {
        this.archive = archive;
        Tag = Convert.ToHexStringLower(SHA256.HashData(archive))[..DigestDigits];
    }

    public string Tag { get; }

    public string Name => $"{Repository}:{Tag}";

    /// <summary>Whether there is something to make it of.</summary>
    public static Availability Probe()
    {
        try
        {
            return IsStatic(File.ReadAllBytes(Busybox))
                ? Availability.Yes
                : Availability.No($"{Busybox} needs libraries an empty image has not; as root: apt-get install busybox-static");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Availability.No($"{Busybox} cannot be read ({error.Message}); as root: apt-get install busybox-static");
        }
    }

    /// <exception cref="HarnessException">There is no static busybox on this machine.</exception>
    public static DropletImage Build()
    {
        if (Probe() is { Available: false } missing)
        {
            throw new HarnessException(missing.Reason);
        }
        using MemoryStream bytes = new();
        using (TarWriter writer = new(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (string folder in Folders)
            {
                writer.WriteEntry(Entry(TarEntryType.Directory, folder + "/"));
            }
            UstarTarEntry program = Entry(TarEntryType.RegularFile, Busybox[1..]);
            program.DataStream = new MemoryStream(File.ReadAllBytes(Busybox));
            writer.WriteEntry(program);
        }
        return new DropletImage(bytes.ToArray());
    }

    /// <summary>Imports it where the engine has it not.</summary>
    public async Task EnsureImportedAsync(DockerEngine engine, CancellationToken cancel)
    {
        if (!await engine.HasImageAsync(Name, cancel).ConfigureAwait(false))
        {
            await engine.ImportImageAsync(Repository, Tag, archive, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>An entry without a time of its own: the same content is the same archive.</summary>
    private static UstarTarEntry Entry(TarEntryType type, string name) => new(type, name)
    {
        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute,
        ModificationTime = DateTimeOffset.UnixEpoch,
    };

    /// <summary>An ELF program without an interpreter (program header of type 3) needs no library.</summary>
    private static bool IsStatic(ReadOnlySpan<byte> program)
    {
        const int headerOffsetAt = 32, headerSizeAt = 54, headerCountAt = 56, interpreter = 3;
        if (program.Length < 64 || !program.StartsWith((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            return false;
        }
        long offset = BitConverter.ToInt64(program[headerOffsetAt..]);
        int size = BitConverter.ToUInt16(program[headerSizeAt..]), count = BitConverter.ToUInt16(program[headerCountAt..]);
        for (int i = 0; i < count; i++)
        {
            if (offset < 0 || offset + 4 > program.Length || BitConverter.ToUInt32(program[(int)offset..]) == interpreter)
            {
                return false;
            }
            offset += size;
        }
        return true;
    }
}
