using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace MizarLab.Harness.Bpf.Native;

/// <summary>
/// Keeps what libbpf says, a thread apart, for the error message of the call that fails; nothing reaches standard error.
/// </summary>
internal static unsafe class BpfLog
{
    private const int LineBytes = 1024;
    private const int LinesKept = 40;

    /// <summary>enum libbpf_print_level: LIBBPF_DEBUG, which is a flood.</summary>
    private const int Debug = 2;

    [ThreadStatic]
    private static Queue<string>? lines;

    static BpfLog() => LibBpf.SetPrint(&Print);

    /// <summary>Call before any use of libbpf: installs the printer and forgets what this thread heard before.</summary>
    public static void Begin() => lines?.Clear();

    /// <summary>What libbpf said on this thread since <see cref="Begin"/>, its last lines, each on a line of its own; or nothing.</summary>
    public static string Tail() => lines is { Count: > 0 } ? Environment.NewLine + string.Join(Environment.NewLine, lines) : "";

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, nint arguments)
    {
        if (level >= Debug)
        {
            return 0;
        }
        byte* text = stackalloc byte[LineBytes];
        int length = Math.Min(LibC.Format(text, LineBytes, format, arguments), LineBytes - 1);
        if (length > 0)
        {
            lines ??= new Queue<string>();
            lines.Enqueue("  " + Encoding.UTF8.GetString(text, length).TrimEnd());
            if (lines.Count > LinesKept)
            {
                lines.Dequeue();
            }
        }
        return 0;
    }
}
