// Small pictures beside words; never the only carrier of a meaning.
import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const Logo = () => (
  <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
    <rect class="logo-ground" width="32" height="32" rx="7" />
    <path class="logo-lines" d="M6 10h20M9 16h14M12 22h8" />
    <circle class="logo-dot" cx="24.5" cy="22" r="2.6" />
  </svg>
);

export const FileIcon = () => (
  <Icon>
    <path d="M5 2.8h6.5L16 7.3v9.9H5zM11.3 3v4.5H16M8 11h5M8 14h5" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon>
    <path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.8h13" />
  </Icon>
);

export const SettingsIcon = () => (
  <Icon>
    <path d="M3 6h6M13 6h4M3 14h3M10 14h7" />
    <circle cx="11" cy="6" r="2" />
    <circle cx="8" cy="14" r="2" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <path d="M7.5 7.5h9v9h-9zM4.5 12.5h-1v-9h9v1" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="M5 5l10 10M15 5L5 15" />
  </Icon>
);

export const LockIcon = () => (
  <Icon>
    <path d="M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9" />
  </Icon>
);

export const AlertIcon = () => (
  <Icon>
    <path d="M10 3l8 14H2zM10 8.2v4M10 14.6v.2" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7.4" />
    <path d="M6.6 10.3l2.3 2.3 4.5-4.9" />
  </Icon>
);

export const InfoIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7.4" />
    <path d="M10 9.3v4.2M10 6.5v.2" />
  </Icon>
);
